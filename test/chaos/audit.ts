import { MAX_UNCONFIRMED } from '../../functions/lease/limits.ts';
import { mayHaveLanded, type BotCall, type Observed, type StoreWrite } from './record.ts';
import { historyOf } from './update-history.ts';
import { reasonForRepeat, type RepeatReason } from './repeat-reason.ts';

export interface Audit {
  sent: number;
  done: number;
  parked: number;
  /** Neither done nor parked at the end, or never confirmed to Telegram. */
  lost: number;
  /** Attempts beyond an update's first. */
  attemptsAgain: number;
  /** Updates of which the user saw the answer more than once, by the reason of each further answer. */
  shownAgain: ReadonlyMap<RepeatReason, number>;
  /** The history of one of them for each reason. */
  examples: ReadonlyMap<RepeatReason, string>;
  /** The lease passed from one process to another whose tenure nobody had seen end. */
  takeovers: number;
  highestTakeoverMs: number;
  /** Events that must never happen, in words, each with the history of its update. */
  violations: string[];
}

/** Counts what came of every update, and holds what was seen against the guarantee. */
export function audit(observed: Observed): Audit {
  const violations = [
    ...lostUpdates(observed),
    ...byPartition(observed.writes).flatMap(tokenAnomalies),
    ...ledgerAnomalies(observed.writes),
    ...earlyAnswers(observed),
    ...unexplainedCalls(observed),
    ...unexplainedParking(observed),
  ];
  const shownAgain = new Map<RepeatReason, number>();
  const examples = new Map<RepeatReason, string>();
  for (const { repeat, before } of repeatedCalls(observed.calls)) {
    const reason = reasonForRepeat(before, repeat.arrivedAtMs, observed);
    if (reason === undefined) {
      violations.push(
        `Update ${repeat.updateId} was answered by ${before.consumer} under token ${before.token} and again by ` +
          `${repeat.consumer} under ${repeat.token}, for no reason that the guarantee knows`,
      );
      continue;
    }
    shownAgain.set(reason, (shownAgain.get(reason) ?? 0) + 1);
    if (!examples.has(reason)) examples.set(reason, historyOf(repeat.updateId, observed));
  }
  const told = violations.map((violation) => {
    const updateId = /^Update (\d+)/.exec(violation)?.[1];
    return updateId === undefined ? violation : `${violation}\n${historyOf(Number(updateId), observed)}`;
  });
  const statuses = observed.sent.map((id) => observed.ledger.get(id)?.status);
  const claims = observed.writes.filter(({ kind, result }) => kind === 'claim' && result === 'applied');
  const takeovers = takeoverTimes(observed);
  return {
    sent: observed.sent.length,
    done: statuses.filter((status) => status === 'done').length,
    parked: statuses.filter((status) => status === 'dead').length,
    lost: lostUpdates(observed).length,
    attemptsAgain: claims.length - new Set(claims.map(({ updateId }) => updateId)).size,
    shownAgain,
    examples,
    takeovers: takeovers.length,
    highestTakeoverMs: Math.max(0, ...takeovers),
    violations: told,
  };
}

/** G2. */
function lostUpdates({ sent, ledger, undelivered }: Observed): string[] {
  return sent.flatMap((id) => {
    const status = ledger.get(id)?.status ?? 'unknown to the ledger';
    if (status !== 'done' && status !== 'dead') return [`Update ${id} is lost: it is ${status}`];
    return undelivered.includes(id) ? [`Update ${id} is lost: it is ${status}, but was never confirmed`] : [];
  });
}

/** G1, for the grants of one lease: a token is granted once, and a grant that began after another had ended has the higher one. */
function tokenAnomalies(grants: readonly StoreWrite[]): string[] {
  const found: string[] = [];
  let highest: StoreWrite | undefined;
  const ended = [...grants].sort((a, b) => (a.answeredAtMs ?? 0) - (b.answeredAtMs ?? 0));
  const begun = [...grants].sort((a, b) => a.sentAtMs - b.sentAtMs);
  let seen = 0;
  for (const grant of begun) {
    for (let next = ended[seen]; next && (next.answeredAtMs ?? 0) < grant.sentAtMs; next = ended[++seen]) {
      if ((next.token ?? 0) > (highest?.token ?? 0)) highest = next;
    }
    if (highest && (grant.token ?? 0) <= (highest.token ?? 0)) {
      found.push(`Token ${grant.token} was granted to ${grant.consumer} after token ${highest.token}`);
    }
  }
  const owners = new Map<number, string>();
  for (const { token = 0, consumer } of grants) {
    if (owners.has(token))
      found.push(`Token ${token} was granted to ${owners.get(token)} and to ${consumer}`);
    owners.set(token, consumer);
  }
  return found;
}

/** G3, in the ledger: tokens rise, an outcome is its claimant's, and final is final. */
function ledgerAnomalies(writes: readonly StoreWrite[]): string[] {
  const found: string[] = [];
  for (const [updateId, own] of byUpdate(writes)) {
    const finals = own.filter(({ kind, status }) => kind === 'settle' && isFinal(status));
    for (const final of finals) {
      const later = own.filter(({ sentAtMs }) => sentAtMs > (final.answeredAtMs ?? Infinity));
      for (const { kind, consumer } of later) {
        found.push(`Update ${updateId}: a ${kind} by ${consumer} was taken after it was ${final.status}`);
      }
    }
    const claims = own.filter(({ kind }) => kind === 'claim').sort((a, b) => a.sentAtMs - b.sentAtMs);
    for (const [i, claim] of claims.entries()) {
      const before = claims
        .slice(0, i)
        .filter(({ answeredAtMs = Infinity }) => answeredAtMs < claim.sentAtMs);
      const highest = Math.max(0, ...before.map(({ token = 0 }) => token));
      if ((claim.token ?? 0) <= highest) {
        found.push(`Update ${updateId}: claimed under token ${claim.token} after token ${highest}`);
      }
    }
    for (const settle of own.filter(({ kind }) => kind === 'settle')) {
      const fencedBy = claims.find(
        ({ token = 0, answeredAtMs = Infinity }) =>
          token > (settle.token ?? 0) && answeredAtMs < settle.sentAtMs,
      );
      if (fencedBy) {
        const by = `after ${fencedBy.consumer} had claimed it under ${fencedBy.token}`;
        found.push(`Update ${updateId}: settled by ${settle.consumer} under token ${settle.token} ${by}`);
      }
    }
  }
  return found;
}

/** G2: 2xx only for what is durably settled. A write whose answer was lost may have landed. */
function earlyAnswers({ answers, writes }: Observed): string[] {
  const settles = new Map<number, number>();
  for (const write of writes) {
    const { kind, status, updateId = 0, sentAtMs } = write;
    if (kind !== 'settle' || !isFinal(status) || !mayHaveLanded(write)) continue;
    settles.set(updateId, Math.min(sentAtMs, settles.get(updateId) ?? Infinity));
  }
  return answers
    .filter(({ status }) => status >= 200 && status < 300)
    .filter(({ updateId, atMs }) => (settles.get(updateId) ?? Infinity) > atMs)
    .map(({ updateId }) => `Update ${updateId} was answered 2xx before it was settled`);
}

/** G1 and G3 at the wire: a call needs a claim, and one after the outcome needs a pause that explains it. */
function unexplainedCalls({ calls, writes, mishaps }: Observed): string[] {
  const outcomes = new Map<number, StoreWrite>();
  for (const write of writes) {
    if (write.kind !== 'settle' || !isFinal(write.status) || write.result !== 'applied') continue;
    outcomes.set(write.updateId ?? 0, write);
  }
  return calls.flatMap((call) => {
    if (call.token === 0) return [`Update ${call.updateId} was answered by ${call.consumer} without a claim`];
    const outcome = outcomes.get(call.updateId);
    if (outcome === undefined || call.arrivedAtMs < (outcome.answeredAtMs ?? Infinity)) return [];
    // The consumer that parks an update apologises to its user, and only after it has parked it.
    if (outcome.status === 'dead' && outcome.token === call.token) return [];
    const paused = mishaps.some(
      ({ what, consumer, toMs = Infinity }) =>
        what === 'paused' && consumer === call.consumer && call.arrivedAtMs - toMs < 1_000,
    );
    return paused ? [] : [`Update ${call.updateId} was answered by ${call.consumer} after it was settled`];
  });
}

/** G5: what is parked was poison, or its answer left as often as it may without being confirmed; an outage parks nothing. */
function unexplainedParking({ sent, poison, ledger, calls }: Observed): string[] {
  const unconfirmed = (id: number): number =>
    calls.filter(({ updateId, confirmed }) => updateId === id && !confirmed).length;
  return sent.flatMap((id) => {
    const parked = ledger.get(id)?.status === 'dead';
    if (parked && !poison.includes(id) && unconfirmed(id) < MAX_UNCONFIRMED)
      return [`Update ${id} was parked, but nothing is wrong with it`];
    if (!parked && poison.includes(id)) return [`Update ${id} cannot be handled, but was not parked`];
    return [];
  });
}

function repeatedCalls(calls: readonly BotCall[]): { repeat: BotCall; before: BotCall }[] {
  const last = new Map<number, BotCall>();
  const found: { repeat: BotCall; before: BotCall }[] = [];
  for (const call of [...calls].sort((a, b) => a.token - b.token || a.arrivedAtMs - b.arrivedAtMs)) {
    if (!call.processed) continue;
    const before = last.get(call.updateId);
    if (before) found.push({ repeat: call, before });
    last.set(call.updateId, call);
  }
  return found;
}

/** G4: from a process's last moment, where it was killed or paused, to the grant of the next. */
function takeoverTimes({ writes, mishaps }: Observed): number[] {
  return byPartition(writes).flatMap((unsorted) => {
    const grants = [...unsorted].sort((a, b) => (a.token ?? 0) - (b.token ?? 0));
    return grants.flatMap((grant, i) => takeoverTime(grant, grants[i - 1], { writes, mishaps }));
  });
}

function takeoverTime(
  grant: StoreWrite,
  before: StoreWrite | undefined,
  { writes, mishaps }: Pick<Observed, 'writes' | 'mishaps'>,
): number[] {
  if (!before || before.consumer === grant.consumer) return [];
  const unsettled = !writes.some(
    (write) =>
      write.kind === 'settle' &&
      write.token === before.token &&
      write.updateId === before.updateId &&
      mayHaveLanded(write) &&
      write.sentAtMs < grant.sentAtMs,
  );
  const mishap = mishaps.find(
    ({ consumer, fromMs, toMs = Infinity }) =>
      consumer === before.consumer && fromMs < grant.sentAtMs && toMs > before.sentAtMs,
  );
  return unsettled && mishap ? [(grant.answeredAtMs ?? grant.sentAtMs) - mishap.fromMs] : [];
}

/** The grants of each lease. */
function byPartition(writes: readonly StoreWrite[]): StoreWrite[][] {
  const grants = writes.filter(({ kind, result }) => kind === 'acquire' && result === 'applied');
  const partitions = new Set(grants.map(({ partition }) => partition));
  return [...partitions].map((name) => grants.filter(({ partition }) => partition === name));
}

function byUpdate(writes: readonly StoreWrite[]): Map<number, StoreWrite[]> {
  const found = new Map<number, StoreWrite[]>();
  for (const write of writes) {
    if (write.kind === 'acquire' || write.result !== 'applied') continue;
    const { updateId = 0 } = write;
    found.set(updateId, [...(found.get(updateId) ?? []), write]);
  }
  return found;
}

const isFinal = (status: string | undefined): boolean => status === 'done' || status === 'dead';
