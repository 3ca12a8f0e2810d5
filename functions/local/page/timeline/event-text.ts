import type { ConsumerEvent } from '../../../lease/events.ts';

/** The events of a consumer that have a sign in the picture. */
export type StandsOut = 'takeover' | 'duplicate' | 'fenced' | 'parked' | 'failed' | 'contended' | 'outage';

const KINDS: Partial<Record<ConsumerEvent['type'], StandsOut>> = {
  'taken-over': 'takeover',
  'expired-takeover': 'takeover',
  'force-released': 'takeover',
  duplicate: 'duplicate',
  fenced: 'fenced',
  parked: 'parked',
  failed: 'failed',
  deferred: 'failed',
  unsettled: 'failed',
  contended: 'contended',
  'store-unavailable': 'outage',
  lost: 'fenced',
};

export const standsOut = ({ type }: ConsumerEvent): StandsOut | undefined => KINDS[type];

/** `taken over, update 7, token 12`: the event's own words, for people. */
export function eventText(event: ConsumerEvent): string {
  const facts = Object.entries(event)
    .filter(([name, value]) => name in WORDS && value !== undefined)
    .map(([name, value]) => `${WORDS[name]} ${String(value)}`);
  return [event.type.replaceAll('-', ' '), ...facts].join(', ');
}

const WORDS: Readonly<Record<string, string>> = {
  updateId: 'update',
  fencingToken: 'token',
  attempt: 'attempt',
  reason: 'because of',
  error: 'error',
  of: 'of',
  during: 'during',
  retryAfterMs: 'again after ms',
};
