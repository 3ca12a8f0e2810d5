import { MAX_UNCONFIRMED } from '../../../functions/lease/limits.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { SCOPE } from '../world/handling.ts';
import type { CallEntry, RunEntry, StoreEntry } from '../world/history.ts';
import type { World } from '../world/world.ts';
import { forcedReleases } from './forced-releases.ts';
import type { Check, Violation } from './violation.ts';

/** The copies of one message that a person was shown since the update came, or was replayed last. */
export interface Shown {
  text: string;
  atMs: number;
  /** By attempts that were settled, and by those whose end the ledger does not know. */
  settled: number;
  unseen: number;
}

/** Every message that was shown, with the number of its copies. */
export function shown(world: World): Shown[] {
  const runs = new Map(world.history.of('run').map((run) => [run.run, run]));
  const settlings = new Settlings(world);
  const found = new Map<string, Shown>();
  for (const call of world.history.of('call')) {
    const run = runs.get(call.run);
    if (call.executedAtMs === undefined || run === undefined) continue;
    const text = `message ${call.step} of ${call.updateId}`;
    const key = `${text}.${call.generation}/${settlings.replaysBefore(call)}`;
    const { settled, unseen } = found.get(key) ?? { settled: 0, unseen: 0 };
    const isSettled = settlings.of(run) !== undefined;
    const counts = isSettled ? { settled: settled + 1, unseen } : { settled, unseen: unseen + 1 };
    found.set(key, { text, atMs: call.atMs, ...counts });
  }
  return [...found.values()];
}

/** The ledger's writes, told apart by what they end. */
class Settlings {
  readonly #writes: StoreEntry[];
  readonly #replays: StoreEntry[];

  constructor({ history }: World) {
    const applied = history.of('store').filter(({ result }) => result === 'applied');
    this.#writes = applied.filter(({ purpose }) => purpose === 'settle');
    this.#replays = applied.filter(({ purpose }) => purpose === 'replay');
  }

  of({ machine, updateId, token, atMs }: RunEntry): StoreEntry | undefined {
    return this.#writes.find(
      (entry) =>
        entry.machine === machine &&
        entry.name === nameOf(updateId) &&
        entry.after?.['fencing_token'] === token &&
        entry.atMs >= atMs,
    );
  }

  replaysBefore({ updateId, atMs }: CallEntry): number {
    return this.#replays.filter(
      ({ name, atMs: replayedAtMs }) => name === nameOf(updateId) && replayedAtMs <= atMs,
    ).length;
  }
}

const nameOf = (updateId: number): string => `UPDATE#${SCOPE}#${updateId}|OUTCOME`;

/** No person is shown the same message more often than `functions/lease/README.md` says. */
export const copiesAreBounded: Check = (world) =>
  shown(world)
    .filter(
      ({ settled, unseen }) =>
        settled > MAX_UNCONFIRMED || settled + unseen > MAX_UNCONFIRMED + SETTINGS.maxAttempts,
    )
    .map(({ text, atMs, settled, unseen }): Violation => ({
      check: 'copies',
      atMs,
      text: `${text} is shown ${settled} times by attempts that were settled, and ${unseen} times by others`,
    }));

/** A message that a settled attempt knows to have arrived is not sent again. */
export const whatHasArrivedIsNotRepeated: Check = (world) => {
  // Beyond the bound, and after a forced release, an attempt that was followed alive goes on calling; see G1.
  if (!world.plan.clocksWithinBound) return [];
  const isForced = forcedReleases(world);
  const calls = world.history.of('call');
  const runs = new Map(world.history.of('run').map((run) => [run.run, run]));
  const settlings = new Settlings(world);
  const known = calls.flatMap((call) => {
    const run = runs.get(call.run);
    const settling = call.answer === 'ok' && run !== undefined ? settlings.of(run) : undefined;
    return settling === undefined || settling.atMs < call.endedAtMs!
      ? []
      : [{ call, sinceMs: settling.atMs }];
  });
  return known.flatMap(({ call, sinceMs }) =>
    calls
      .filter(
        (other) =>
          other.updateId === call.updateId &&
          other.generation === call.generation &&
          other.step === call.step &&
          other.atMs > sinceMs &&
          !isForced(other, other.atMs),
      )
      .map((again): Violation => ({
        check: 'copies',
        atMs: again.atMs,
        text: `message ${call.step} of ${call.updateId} is sent again by ${again.machine}, and has arrived`,
      })),
  );
};

/** Nothing is passed over: where a handler came to its end, each of its messages has been sent by some attempt. */
export const whatIsDoneWasSent: Check = (world) => {
  const { history, plan } = world;
  const arrived = new Set(
    history
      .of('call')
      .filter(({ executedAtMs }) => executedAtMs !== undefined)
      .map(({ updateId, generation, step }) => `${updateId}.${generation}/${step}`),
  );
  const settlings = new Settlings(world);
  return history.of('run').flatMap((run): Violation[] => {
    const { updateId, generation } = run;
    const settling = settlings.of(run);
    if (run.ended !== 'returned' || settling?.after?.['status'] !== 'done') return [];
    const planned = plan.updates.find((one) => one.update_id === updateId && one.generation === generation);
    if (planned === undefined) return [];
    // Nobody waits for the last one of a handler that forgets it.
    const { calls, forgetsLastCall } = planned.behaviour;
    const steps = Array.from({ length: forgetsLastCall ? calls - 1 : calls }, (_, step) => step);
    return steps
      .filter((step) => !arrived.has(`${updateId}.${generation}/${step}`))
      .map((step) => ({
        check: 'copies',
        atMs: settling.atMs,
        text: `${updateId} is done, and message ${step} was never sent`,
      }));
  });
};
