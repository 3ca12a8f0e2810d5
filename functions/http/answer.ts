import type { Outcome } from '../lease/outcome.ts';
import { jsonReply, type HttpReply } from './http.ts';

/** Telegram keeps them no longer, nor asks its user to wait so long: other updates live for a day. */
const LIFE_SECONDS: Record<string, number> = { callback_query: 150, inline_query: 30 };

/** Another consumer may be done sooner than it has to be, and a user waits for these. */
const BUSY_SECONDS: Record<string, number> = { callback_query: 5, inline_query: 1 };

/** Longer than any lease, and not so long that an outage is over for an hour. */
const LONGEST_WAIT_SECONDS = 3_600;

const STORE_RETRY_MS = 5_000;

/**
 * The reply that tells Telegram of an outcome. 2xx ends an update, so only a durably settled one gets it; anything else
 * is delivered again. Never 410: it makes Telegram drop the webhook.
 */
export function answer(outcome: Outcome, kind: string): HttpReply {
  switch (outcome.kind) {
    case 'done':
    case 'duplicate':
    case 'parked':
      return jsonReply(200, { outcome: outcome.kind });
    case 'failed':
    case 'fenced':
      return jsonReply(500, { outcome: outcome.kind });
    case 'busy':
      return later(outcome.kind, outcome.retryAfterMs, BUSY_SECONDS[kind]);
    case 'unavailable':
      return later(outcome.kind, STORE_RETRY_MS, BUSY_SECONDS[kind]);
    case 'deferred':
      // Without a wait of its own Telegram's schedule fits best: at once, then ever later.
      return outcome.retryAfterMs === undefined
        ? jsonReply(503, { outcome: outcome.kind })
        : // To come back any sooner would prolong a flood wait; a wait beyond its life ends the update, whatever is asked.
          later(outcome.kind, outcome.retryAfterMs, LIFE_SECONDS[kind]);
  }
}

/** Before an update is read nobody knows how long it lives. */
export function notReady(): HttpReply {
  const seconds = Math.min(...Object.values(BUSY_SECONDS));
  return jsonReply(503, { error: 'not ready' }, { 'retry-after': String(seconds) });
}

function later(outcome: string, waitMs: number, longestSeconds = LONGEST_WAIT_SECONDS): HttpReply {
  const seconds = Math.min(longestSeconds, Math.max(1, Math.ceil(waitMs / 1000)));
  return jsonReply(503, { outcome }, { 'retry-after': String(seconds) });
}
