import { MAX_UNCONFIRMED } from '../../../functions/lease/limits.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { SCOPE } from '../world/handling.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { StoreEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { World } from '../world/world.ts';
import type { Check, Violation } from './violation.ts';

const PREFIX = `UPDATE#${SCOPE}#`;

/** Clocks beyond the bound are still not hours apart. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/** A deadline, and whatever a clock beyond the bound is wrong by. */
const LONGEST_ATTEMPT_MS = 30 * 60_000;

const isFinal = (status: unknown): boolean => status === 'done' || status === 'dead';

/** No stale write lands, done never changes, dead changes by an operator only, whatever the clocks say. */
export const ledgerChangesByTheRules: Check = ({ history }) => {
  const found: Violation[] = [];
  for (const entry of history.of('store')) {
    if (entry.result !== 'applied' || !entry.name.startsWith(PREFIX) || !entry.name.endsWith('|OUTCOME'))
      continue;
    const broken = problem(entry);
    if (broken !== undefined)
      found.push({ check: 'ledger', atMs: entry.atMs, text: `${entry.name}: ${broken}` });
  }
  return found;
};

function problem({ before, after, machine, atMs }: StoreEntry): string | undefined {
  if (after === undefined) return 'an outcome was deleted';
  const [was, is] = [before?.['status'], after['status']];
  const [tokenBefore, tokenAfter] = [Number(before?.['fencing_token']), Number(after['fencing_token'])];
  if (before === undefined) return is === 'claimed' ? undefined : `begins as ${String(is)}`;

  if (is === 'claimed') {
    const isReused = Number(before['dedupe_until_ms']) < EPOCH_MS + atMs + CLOCK_TOLERANCE_MS;
    if (tokenAfter <= tokenBefore && !isReused) return `claimed with token ${tokenAfter} over ${tokenBefore}`;
    if (isFinal(was) && !isReused) return `${String(was)}, and claimed again`;
    const counted = Number(before['attempts']) + 1;
    if (Number(after['attempts']) !== counted && !(isReused && after['attempts'] === 1))
      return 'miscounted attempts';
    return undefined;
  }
  if (tokenAfter !== tokenBefore) return `settled with token ${tokenAfter} over ${tokenBefore}`;
  if (was === 'done') return `done, and changed to ${String(is)}`;
  if (was === 'dead' || isReplay(after) || isDrop(before, after)) {
    if (before['dropped_at_ms'] !== undefined) return `dropped, and changed to ${String(is)}`;
    if (before['parked_until'] === undefined) return `never parked, and changed to ${String(is)}`;
    if (!machine.startsWith('operator') || !(isReplay(after) || isDrop(before, after)))
      return `${String(was)}, and changed to ${String(is)}`;
    const isAtWork =
      was === 'claimed' && EPOCH_MS + atMs - Number(before['claimed_at_ms']) < LONGEST_ATTEMPT_MS;
    return isAtWork ? `changed to ${String(is)} while somebody may be at work for it` : undefined;
  }
  if (was !== 'claimed') return `${String(was)}, and changed to ${String(is)} without a claim`;
  return machine === before['holder']
    ? undefined
    : `settled by ${machine}, claimed by ${String(before['holder'])}`;
}

/** No outcome of an attempt leaves it failed without an attempt that counts. */
const isReplay = (after: Item): boolean => after['status'] === 'failed' && after['attempts'] === 0;

const isDrop = (before: Item, after: Item): boolean =>
  after['status'] === 'dead' && after['dropped_at_ms'] !== undefined && before['dropped_at_ms'] === undefined;

interface Attempt {
  atMs: number;
  machine: string;
  token: number;
  /** As the claim left it. */
  counted: number;
  ended?: string;
  /** Deferred, and not handed back. */
  usedUp?: boolean;
}

/** Dead only after enough attempts of which the update itself was, or may have been, the cause; see G5. */
export const onlyPoisonIsParked: Check = (world) => {
  const { history } = world;
  const found: Violation[] = [];
  const attempts = new Map<string, Attempt[]>();
  for (const entry of history.of('store')) {
    if (entry.result !== 'applied' || !entry.name.startsWith(PREFIX) || !entry.name.endsWith('|OUTCOME'))
      continue;
    const { name, before, after, atMs, machine } = entry;
    const known = attempts.get(name) ?? [];
    const status = String(after?.['status']);
    if (status === 'claimed') {
      const isNew = Number(after?.['attempts']) === 1 && Number(before?.['attempts'] ?? 0) > 0;
      const token = Number(after?.['fencing_token']);
      const counted = Number(after?.['attempts']);
      attempts.set(name, [...(isNew ? [] : known), { atMs, machine, token, counted }]);
      continue;
    }
    const current = known.at(-1);
    if (current !== undefined && before?.['status'] === 'claimed') {
      current.ended = status;
      current.usedUp = status === 'deferred' && after?.['attempts'] === current.counted;
    }
    if (before?.['status'] === 'dead' || isReplay(after ?? {})) attempts.set(name, []);
    if (status !== 'dead' || before?.['status'] === 'dead' || isDrop(before ?? {}, after ?? {})) continue;

    if (Number(after?.['messages_unconfirmed'] ?? 0) >= MAX_UNCONFIRMED) {
      const unknown = mayHaveArrived(world, name);
      if (unknown >= MAX_UNCONFIRMED) continue;
      found.push({
        check: 'parked',
        atMs,
        text: `${name} is given up after ${unknown} messages of unknown arrival`,
      });
    }
    const failed = known.filter(({ ended }) => ended === 'failed' || ended === 'dead').length;
    const own = known.filter((attempt) => isOwnFault(world, name, attempt)).length;
    // An attempt whose settling was not confirmed looks like one that vanished; see G5.
    const unconfirmed = known.filter((attempt) => isUnconfirmed(world, attempt)).length;
    // The claim that only parks it is the last one, and is none of its attempts.
    const parksOnly = own + unconfirmed > 0 && failed + own + unconfirmed > SETTINGS.maxAttempts ? 1 : 0;
    const counted = failed + own + unconfirmed - parksOnly;
    if (
      counted < SETTINGS.maxAttempts ||
      (counted === unconfirmed && !claimsLandUnheard(world) && !parkingIsUnheard(world, name))
    ) {
      const told = known.map(({ ended, machine: by }) => `${by} ${ended ?? 'vanished'}`).join(', ');
      found.push({ check: 'parked', atMs, text: `${name} is dead after ${counted} attempts: ${told}` });
    }
    const firstAtMs = known[0]?.atMs ?? atMs;
    // The ten minutes run from when the first claim left, which may land a while later.
    const mustWait = own + unconfirmed > 0 && world.plan.clocksWithinBound;
    if (mustWait && atMs - firstAtMs < SETTINGS.vanishedGraceMs - 20 * SETTINGS.skewMs) {
      found.push({
        check: 'parked',
        atMs,
        text: `${name} is dead ${atMs - firstAtMs} ms after its first attempt`,
      });
    }
  }
  return found;
};

/**
 * G5: a deadline that passed counts only where the handler used it up by itself. The time for which its process was
 * frozen counts as the handler's own, unless the freeze came before it began or while it waited for Telegram.
 */
export const onlyItsOwnTimeIsCounted: Check = (world) => {
  const { history, plan, machines } = world;
  if (!plan.clocksWithinBound) return [];
  const found: Violation[] = [];
  for (const { before, after, result, machine: by, name, atMs } of history.of('store')) {
    if (result !== 'applied' || !name.startsWith(PREFIX)) continue;
    const isCounted =
      before?.['status'] === 'claimed' &&
      after?.['status'] === 'deferred' &&
      after['attempts'] === before['attempts'];
    // An update that a scenario delivers by hand has no plan that says how slow it is.
    const isPlanned = plan.updates.some(({ update_id: updateId }) => isOf(name, { updateId }));
    if (!isCounted || !isPlanned || isSlowByItself(world, name)) continue;
    const token = after['fencing_token'];
    const run = history.of('run').find((one) => one.machine === by && one.token === token && isOf(name, one));
    const calls = history.of('call').filter((call) => call.run === run?.run);
    const machine = machines.find((one) => one.name === by);
    const isPaused = machine?.pauses.some(({ fromMs }) => {
      // One that ended at the very instant of the pause had ended before it: frozen, nothing ends.
      const waits = calls.some((call) => call.atMs <= fromMs && (call.endedAtMs ?? Infinity) > fromMs);
      return run !== undefined && run.atMs <= fromMs && fromMs <= atMs && !waits;
    });
    const isJumped = machine?.jumpsAtMs.some(
      (jumpMs) => run !== undefined && run.atMs <= jumpMs && jumpMs <= atMs,
    );
    if (isPaused === true || isJumped === true) continue;
    const text = `${by} counts a deadline of ${name} under token ${String(token)} that was spent in waiting`;
    found.push({ check: 'own-time', atMs, text });
  }
  return found;
};

const isOf = (name: string, { updateId }: { updateId: number }): boolean =>
  name === `${PREFIX}${updateId}|OUTCOME`;

/** It used up its time by itself, or its process died or was frozen over it. */
function isOwnFault(world: World, name: string, { ended, usedUp, machine, atMs }: Attempt): boolean {
  if (usedUp === true) return isSlowByItself(world, name);
  if (ended !== undefined) return false;
  if (neverLetsGo(world, name)) return true;
  // Beyond the bound a contender takes an attempt over that is still alive, and nobody can tell that it was.
  if (!world.plan.clocksWithinBound) return true;
  const host = world.machines.find((one) => one.name === machine);
  const untilMs = atMs + 2 * SETTINGS.deadlineMs;
  const paused = host?.pauses.some(({ fromMs, toMs }) => toMs > atMs && fromMs < untilMs) === true;
  return paused || host?.isFrozen === true || (host?.diedAtMs !== undefined && host.diedAtMs < untilMs);
}

function mayHaveArrived({ history }: World, name: string): number {
  return history
    .of('call')
    .filter((call) => isOf(name, call))
    .filter(({ answer }) => answer !== 'ok' && !(typeof answer === 'number' && answer < 500)).length;
}

function isUnconfirmed({ plan, history }: World, { ended, machine, atMs }: Attempt): boolean {
  if (ended !== undefined) return false;
  const untilMs = atMs + 2 * SETTINGS.deadlineMs;
  return (
    plan.storeOutages.some(({ fromMs, toMs }) => fromMs < untilMs && atMs < toMs) ||
    history
      .of('note')
      .some(
        (note) =>
          note.machine === machine &&
          note.text.startsWith('store request') &&
          note.atMs >= atMs - SETTINGS.deadlineMs &&
          note.atMs < untilMs,
      )
  );
}

/** The leases are answered for, the ledger is not, though it writes: the one outage that counts attempts, if it lasts. */
function claimsLandUnheard({ plan }: World): boolean {
  return plan.storeOutages.some(
    ({ of, mode, fromMs, toMs }) =>
      of === 'updates' &&
      (mode === 'losing-answers' || mode === 'slow') &&
      toMs - fromMs >= SETTINGS.vanishedGraceMs,
  );
}

/** It was to be parked for its messages, and nobody could put it on the list: each attempt then ended unseen. */
function parkingIsUnheard(world: World, name: string): boolean {
  const isListOut = world.plan.storeOutages.some(
    ({ of, fromMs, toMs }) => of === 'list' && toMs - fromMs >= SETTINGS.vanishedGraceMs,
  );
  return isListOut && mayHaveArrived(world, name) >= MAX_UNCONFIRMED;
}

/** Its calls do not end when they are aborted, and nothing is settled over a call that is out. */
function neverLetsGo({ plan }: World, name: string): boolean {
  return plan.updates.some(
    ({ update_id: id, behaviour }) => behaviour.stubborn && name === `${PREFIX}${id}|OUTCOME`,
  );
}

/** Whether the update's own code, with Telegram answering at once, may not end within the deadline. */
function isSlowByItself({ plan }: World, name: string): boolean {
  return plan.updates.some(({ update_id: updateId, behaviour }) => {
    const needsMs = behaviour.thinkMs * behaviour.calls;
    const isMeant = name === `${PREFIX}${updateId}|OUTCOME`;
    const isLate = behaviour.hangs.times > 0 || behaviour.lingers.times > 0;
    return isMeant && (isLate || needsMs >= (SETTINGS.deadlineMs - SETTINGS.skewMs) * 0.9);
  });
}
