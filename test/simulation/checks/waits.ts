import { standingTermMs } from '../../../functions/local/polling/polling-bot.ts';
import { SETTINGS } from '../world/bot-process.ts';
import type { AnswerEntry, CallEntry, DeliveryEntry } from '../world/history.ts';
import { LIFETIME_MS } from '../world/updates.ts';
import type { World } from '../world/world.ts';
import type { Check, Violation } from './violation.ts';

const HOUR_S = 3_600;

/** No lease lasts longer, as clocks within the bound show it. */
const LONGEST_LEASE_MS = standingTermMs(SETTINGS.deadlineMs) + 4 * SETTINGS.skewMs;

/**
 * G4: Telegram is asked to come back when it makes sense: not before a wait that is asked for, be it by Telegram itself,
 * nor a second later than that; and for a busy lease not after it must have run out.
 */
export const waitsAreAskedFor: Check = (world) => {
  const found: Violation[] = [];
  for (const answer of world.history.of('answer')) {
    const problem = problemOf(world, answer);
    if (problem === undefined) continue;
    const { atMs, machine, updateId, outcome, retryAfterS } = answer;
    const text = `${machine} asks to deliver ${updateId} (${outcome.kind}) again in ${String(retryAfterS)} s: ${problem}`;
    found.push({ check: 'retry-after', atMs, text });
  }
  return found;
};

function problemOf(world: World, answer: AnswerEntry): string | undefined {
  const { outcome, kind, retryAfterS } = answer;
  if (retryAfterS === undefined) return undefined;
  if (!Number.isInteger(retryAfterS) || retryAfterS < 1 || retryAfterS > HOUR_S) return 'no sane wait';
  if (
    outcome.kind === 'busy' &&
    world.plan.clocksWithinBound &&
    retryAfterS * 1_000 > LONGEST_LEASE_MS + 1_000
  )
    return 'every lease has run out by then';
  if (outcome.kind !== 'deferred' || outcome.retryAfterMs === undefined) return undefined;
  const longestS = Math.min(HOUR_S, LIFETIME_MS[kind] / 1_000);
  const askedS = Math.max(outcome.retryAfterMs / 1_000, floodWaitS(world, answer));
  if (retryAfterS < Math.min(askedS, longestS)) return `${askedS} s were asked for`;
  return retryAfterS > Math.max(1, askedS + 1) ? `${askedS} s would do` : undefined;
}

/** The wait that Telegram asked for when it refused the last call of that attempt, which may have made none. */
function floodWaitS({ history }: World, { machine, updateId, outcome, atMs }: AnswerEntry): number {
  if (outcome.kind !== 'deferred' || outcome.reason !== 'telegram') return 0;
  const isOwn = (entry: CallEntry | DeliveryEntry): boolean =>
    entry.machine === machine && entry.updateId === updateId && entry.atMs <= atMs;
  const beganMs = history.of('delivery').findLast(isOwn)?.atMs ?? 0;
  const last = history.of('call').findLast(isOwn);
  return last !== undefined && last.atMs >= beganMs ? (last.retryAfterS ?? 0) : 0;
}

/**
 * A poller, which delivers to itself, waits as long as Telegram would, while it holds its lease: a process that takes the lease
 * next knows of no wait, be it the same process.
 */
export const pollersWaitAsAsked: Check = ({ history }) => {
  const found: Violation[] = [];
  const until = new Map<string, Map<string, number>>();
  for (const entry of history.entries) {
    if (!entry.machine.startsWith('poller')) continue;
    const { machine } = entry;
    if (entry.type === 'event' && entry.event.type === 'lost') until.delete(machine);
    if (entry.type !== 'delivery') continue;
    const { updateId, generation, atMs, endedAtMs, outcome } = entry;
    const key = `${updateId}.${generation}`;
    const waits = until.get(machine) ?? new Map<string, number>();
    until.set(machine, waits);
    const earliestMs = waits.get(key) ?? 0;
    if (atMs < earliestMs - 1) {
      const text = `${machine} tries ${updateId} again ${Math.round(earliestMs - atMs)} ms too soon`;
      found.push({ check: 'retry-after', atMs, text });
    }
    if (outcome?.kind === 'deferred' && endedAtMs !== undefined && outcome.retryAfterMs !== undefined)
      waits.set(key, endedAtMs + outcome.retryAfterMs);
  }
  return found;
};
