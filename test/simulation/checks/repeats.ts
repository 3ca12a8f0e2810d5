import { SETTINGS } from '../world/bot-process.ts';
import type { CallEntry, DeliveryEntry, RunEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { World } from '../world/world.ts';
import { forcedReleases } from './forced-releases.ts';
import type { Check, Violation } from './violation.ts';

/** The cases in which G3 allows a message to be repeated; the handlers here call Telegram for nothing else. */
export type Cause =
  | 'crash'
  | 'pause past expiry'
  | 'lost response'
  | 'settle failed or unknown'
  | 'lease lost'
  | 'forced release';

/** A tenure that lasted this long may have run out, whatever it was that took so long. */
const MAY_HAVE_EXPIRED_MS = SETTINGS.deadlineMs - SETTINGS.waitBudgetMs - 4 * SETTINGS.skewMs;

/** Every repetition of a Telegram call, with what explains it; `undefined`: nothing does. */
export function repetitions(world: World): { call: CallEntry; cause: Cause | undefined }[] {
  const { history } = world;
  const runs = new Map(history.of('run').map((run) => [run.run, run]));
  const calls = history.of('call');
  const seen = new Map<string, CallEntry[]>();
  const found: { call: CallEntry; cause: Cause | undefined }[] = [];
  const isForced = forcedReleases(world);
  for (const call of calls) {
    if (call.executedAtMs === undefined) continue;
    const key = `${call.updateId}.${call.generation}/${call.step}`;
    const earlier = seen.get(key) ?? [];
    const last = earlier.at(-1);
    if (last !== undefined) {
      const run = runs.get(last.run);
      // Either of the two, long before its update came perhaps: a standing lease is believed until it is to be renewed.
      const wasForced = isForced(last, call.atMs) || isForced(call, call.atMs);
      const cause =
        run && (causeOf(world, run, calls, call.atMs) ?? (wasForced ? 'forced release' : undefined));
      found.push({ call, cause });
    }
    seen.set(key, [...earlier, call]);
  }
  return found;
}

/** Why the run, which made calls, did not end with the update done. */
function causeOf(
  world: World,
  run: RunEntry,
  calls: readonly CallEntry[],
  untilMs: number,
): Cause | undefined {
  const { machines, history, plan } = world;
  const machine = machines.find(({ name }) => name === run.machine);
  const { atMs: fromMs } = run;
  const within = (atMs: number): boolean => fromMs <= atMs && atMs <= untilMs;
  if (machine?.diedAtMs !== undefined && within(machine.diedAtMs)) return 'crash';
  if (run.ended === 'hung') return 'pause past expiry';
  const own = calls.filter((call) => call.run === run.run);
  if (own.some(({ answer }) => answer !== 'ok')) return 'lost response';
  const frozen = machine?.isFrozen === true && run.ended === undefined;
  const paused = machine?.pauses.some(
    (pause) =>
      pause.toMs > fromMs && pause.fromMs < Math.min(untilMs, deliveryOf(world, run)?.endedAtMs ?? Infinity),
  );
  if (frozen || paused === true || machine?.jumpsAtMs.some(within) === true) return 'pause past expiry';
  // A call that nobody waited for may be out when the handler has long returned.
  const delivery = deliveryOf(world, run);
  const endedAtMs = Math.min(untilMs, delivery?.endedAtMs ?? Infinity);
  const { heldSinceMs, expiresAtMs } = lastHeld(world, run);
  // A delivery that had to wait for the lease is granted it for the rest of its deadline only.
  const isOver =
    endedAtMs - heldSinceMs > MAY_HAVE_EXPIRED_MS || endedAtMs > expiresAtMs - 3 * SETTINGS.skewMs;
  if (isOver) return 'pause past expiry';
  // Under a standing lease the delivery's own deadline ends it, most of which may have gone by in the queue.
  if (endedAtMs - (delivery?.atMs ?? endedAtMs) > SETTINGS.deadlineMs - 2 * SETTINGS.skewMs)
    return 'pause past expiry';
  // A renewal that went wrong before the run may have ended it.
  const beforeMs = fromMs - SETTINGS.deadlineMs;
  const tellsOfMachine = history.entries.filter(
    ({ machine: by, atMs }) => by === run.machine && beforeMs <= atMs && atMs <= untilMs,
  );
  const hasFate = tellsOfMachine.some(
    (entry) => entry.type === 'note' && entry.text.startsWith('store request'),
  );
  const hadOutage = plan.storeOutages.some((outage) => outage.fromMs <= untilMs && fromMs <= outage.toMs);
  if (hasFate || hadOutage) return 'settle failed or unknown';
  const isLost = tellsOfMachine.some((entry) => entry.type === 'event' && entry.event.type === 'lost');
  return isLost || !plan.clocksWithinBound ? 'lease lost' : undefined;
}

/** The delivery of the run; what its process does after it was answered is none of the run's. */
function deliveryOf({ history }: World, { machine, updateId, atMs }: RunEntry): DeliveryEntry | undefined {
  const own = history
    .of('delivery')
    .filter((delivery) => delivery.machine === machine && delivery.updateId === updateId);
  return own.filter((delivery) => delivery.atMs <= atMs).at(-1);
}

/** When the store last granted or prolonged the lease under which the run began, and until when. */
function lastHeld(
  { history }: World,
  { machine, token, atMs }: RunEntry,
): { heldSinceMs: number; expiresAtMs: number } {
  const held = history
    .of('store')
    .filter(({ purpose, result }) => result === 'applied' && (purpose === 'acquire' || purpose === 'renew'))
    .filter(
      (entry) => entry.machine === machine && entry.after?.['fencing_token'] === token && entry.atMs <= atMs,
    );
  const last = held.at(-1);
  const expiresAtMs = Number(last?.after?.['lease_expires_at_ms'] ?? Infinity) - EPOCH_MS;
  return { heldSinceMs: last?.atMs ?? atMs, expiresAtMs };
}

export const callsAreRepeatedForAReason: Check = (world) =>
  repetitions(world)
    .filter(({ cause }) => cause === undefined)
    .map(({ call }): Violation => ({
      check: 'repeated',
      atMs: call.atMs,
      text: `call ${call.step} of ${call.updateId} is repeated by ${call.machine} for no reason that G3 allows`,
    }));
