import type { BotCall, Observed } from './record.ts';

/** The cases in which a call may be repeated: G3 in functions/lease/README.md. */
export type RepeatReason =
  | 'its process was killed after the call'
  | 'its process was paused past the lease'
  | 'the answer of the Bot API was lost'
  | 'the settle failed or stayed unknown'
  | 'the attempt failed after the call';

/**
 * Why an update was handled again after this call of it.
 * @param repeatedAtMs when the next call of it came
 * @returns `undefined` when nothing explains it
 */
export function reasonForRepeat(
  call: BotCall,
  repeatedAtMs: number,
  { writes, mishaps }: Observed,
): RepeatReason | undefined {
  const settles = writes.filter(
    ({ kind, updateId, token }) => kind === 'settle' && updateId === call.updateId && token === call.token,
  );
  const kept = settles.some(
    ({ status, result }) => result === 'applied' && (status === 'done' || status === 'dead'),
  );
  if (kept) return undefined;
  const met = (mishap: 'killed' | 'paused'): boolean =>
    mishaps.some(
      ({ what, consumer, fromMs, toMs = Infinity }) =>
        what === mishap && consumer === call.consumer && fromMs < repeatedAtMs && toMs >= call.arrivedAtMs,
    );
  if (met('paused')) return 'its process was paused past the lease';
  if (!call.confirmed && settles.length > 0) return 'the answer of the Bot API was lost';
  if (settles.some(({ status }) => status === 'done')) return 'the settle failed or stayed unknown';
  if (met('killed')) return 'its process was killed after the call';
  if (!call.confirmed) return 'the answer of the Bot API was lost';
  if (settles.length > 0) return 'the attempt failed after the call';
  return undefined;
}
