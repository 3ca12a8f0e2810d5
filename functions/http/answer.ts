import type { Outcome } from '../lease/outcome.ts';
import { jsonReply, type HttpReply } from './http.ts';

/** Asked to come back later than this, Telegram would drop the update: it lives 150 s and 30 s only. */
const LONGEST_WAIT_SECONDS: Record<string, number> = { callback_query: 5, inline_query: 1 };

const STORE_RETRY_MS = 5_000;

/**
 * What Telegram is told of an outcome. 2xx ends an update, so only a durably settled one gets it; anything else is
 * delivered again. Never 410: it makes Telegram drop the webhook.
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
      return later(outcome.kind, kind, outcome.retryAfterMs);
    case 'unavailable':
      return later(outcome.kind, kind, STORE_RETRY_MS);
    case 'deferred':
      // Without a wait of its own Telegram's schedule fits best: at once, then ever later.
      return outcome.retryAfterMs === undefined
        ? jsonReply(503, { outcome: outcome.kind })
        : later(outcome.kind, kind, outcome.retryAfterMs);
  }
}

/** Before an update is read nobody knows how long it lives. */
export function notReady(): HttpReply {
  const seconds = Math.min(...Object.values(LONGEST_WAIT_SECONDS));
  return jsonReply(503, { error: 'not ready' }, { 'retry-after': String(seconds) });
}

function later(outcome: string, kind: string, waitMs: number): HttpReply {
  const longest = LONGEST_WAIT_SECONDS[kind] ?? 3_600;
  const seconds = Math.min(longest, Math.max(1, Math.ceil(waitMs / 1000)));
  return jsonReply(503, { outcome }, { 'retry-after': String(seconds) });
}
