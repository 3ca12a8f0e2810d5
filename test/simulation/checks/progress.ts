import { SETTINGS } from '../world/bot-process.ts';
import type { RunEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import { nameOfUpdate } from '../world/updates.ts';
import type { Check, Violation } from './violation.ts';

/** Deadline, half of it in a queue before, and the last request's attempts after it. */
const LONGEST_CONSUMPTION_MS = SETTINGS.deadlineMs + 8_000;

/** G2: a 2xx means that the outcome is in the store. And everything is answered in the end. */
export const everythingIsSettled: Check = ({ history, telegram, timeline, plan }) => {
  const found: Violation[] = [];
  for (const { how, ledger, atMs, updateId, generation } of history.of('confirmed')) {
    const status = ledger?.['status'];
    const sent = plan.updates.find(
      (update) => update.update_id === updateId && update.generation === generation,
    );
    // An outcome from before the update was sent belongs to another update that had the same id.
    const isIts = Number(ledger?.['claimed_at_ms']) > EPOCH_MS + (sent?.atMs ?? 0) - 3_600_000;
    // An operator may replay what was parked before Telegram hears that it was; it stays on the list until it is done.
    const isSettled = status === 'done' || status === 'dead' || ledger?.['parked_until'] !== undefined;
    if (how === 'expired' || (isIts && isSettled)) continue;
    const text = `update ${updateId} was answered 2xx while it is ${String(status)}`;
    found.push({ check: 'answered', atMs, text });
  }
  for (const update of telegram.undelivered) {
    const text = `update ${nameOfUpdate(update)} is still undelivered at the end`;
    found.push({ check: 'waits-for-ever', atMs: timeline.nowMs, text });
  }
  return found;
};

/** Nothing waits for ever: a process that runs ends each delivery in time. */
export const consumptionEndsInTime: Check = (world) => {
  const { history, machines, timeline } = world;
  const found: Violation[] = [];
  for (const delivery of history.of('delivery')) {
    const machine = machines.find(({ name }) => name === delivery.machine);
    if (machine === undefined || (machine.isDead && delivery.endedAtMs === undefined)) continue;
    const endMs = delivery.endedAtMs ?? timeline.nowMs;
    const pausedMs = machine.pauses.reduce(
      (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, delivery.atMs)),
      0,
    );
    const tookMs = endMs - delivery.atMs - pausedMs;
    if (tookMs <= LONGEST_CONSUMPTION_MS || (machine.isFrozen && delivery.endedAtMs === undefined)) continue;
    const text = `${delivery.machine} took ${Math.round(tookMs)} ms over ${delivery.updateId}`;
    found.push({ check: 'too-long', atMs: endMs, text });
  }
  return found;
};

const nameOfRun = ({ updateId, generation }: Pick<RunEntry, 'updateId' | 'generation'>): string =>
  nameOfUpdate({ update_id: updateId, generation });

/** An update that kills its process does so no more often than it is allowed to. */
export const poisonIsBounded: Check = ({ history }) => {
  const crashes = new Map<string, number>();
  const found: Violation[] = [];
  const replayed = history.of('note').filter(({ text }) => text.includes('"replay"')).length;
  for (const run of history.of('run')) {
    if (run.ended !== 'crashed') continue;
    const name = nameOfRun(run);
    const count = (crashes.get(name) ?? 0) + 1;
    crashes.set(name, count);
    if (count > SETTINGS.maxAttempts * (1 + replayed)) {
      found.push({
        check: 'poison',
        atMs: run.atMs,
        text: `update ${name} killed its process ${count} times`,
      });
    }
  }
  return found;
};

/** With nothing going wrong, every update that gets through is handled once. */
export const calmMeansOnce: Check = ({ history, plan }) => {
  if (plan.profile !== 'calm') return [];
  const runs = history.of('run').map(nameOfRun);
  const delivered = new Set(history.of('delivery').map(nameOfRun));
  return plan.updates.flatMap((update): Violation[] => {
    const name = nameOfUpdate(update);
    const times = runs.filter((run) => run === name).length;
    const text = `update ${name} is handled ${times} times with nothing gone wrong`;
    // Too few environments refuse deliveries, until Telegram has given the short-lived ones up.
    const wasShutOut = times === 0 && !delivered.has(name);
    return times === 1 || wasShutOut ? [] : [{ check: 'calm', atMs: update.atMs, text }];
  });
};

/** The code under test throws no error that is a defect. */
export const nothingIsThrown: Check = ({ history }) =>
  history
    .of('note')
    .filter(({ text }) => text.startsWith('a defect'))
    .map(({ atMs, text }): Violation => ({ check: 'defect', atMs, text }));
