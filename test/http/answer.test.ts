import { describe, expect, it } from 'vitest';
import { answer } from '../../functions/http/answer.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';

const busy = (retryAfterMs: number): Outcome => ({ kind: 'busy', retryAfterMs });
const flood = (retryAfterMs: number): Outcome => ({ kind: 'deferred', reason: 'telegram', retryAfterMs });

describe('the answer to Telegram', () => {
  it.each<[number, Outcome]>([
    [200, { kind: 'done' }],
    [200, { kind: 'duplicate', of: 'dead' }],
    [200, { kind: 'parked', error: 'it broke' }],
    [500, { kind: 'failed', error: 'it broke' }],
    [500, { kind: 'fenced' }],
    [503, busy(0)],
    [503, flood(0)],
    [503, { kind: 'deferred', reason: 'deadline' }],
    [503, { kind: 'unavailable' }],
  ])('is %i to %j', (status, outcome) => {
    expect(answer(outcome, 'message').status).toBe(status);
  });

  it.each<[string, string, Outcome]>([
    ['1', 'message', busy(0)],
    ['2', 'message', busy(1_001)],
    ['3600', 'message', busy(7_200_000)],
    ['5', 'message', { kind: 'unavailable' }],
    ['1', 'inline_query', { kind: 'unavailable' }],
    ['13', 'inline_query', flood(12_001)],
  ])(
    'asks to wait %s s for a %s that is %j: never less than is needed, and within its life',
    (seconds, kind, outcome) => {
      expect(answer(outcome, kind).headers['retry-after']).toBe(seconds);
    },
  );

  it('leaves it to Telegram’s own schedule when to come again where nothing has a wait of its own', () => {
    const { headers } = answer({ kind: 'deferred', reason: 'telegram' }, 'message');
    expect(headers).not.toHaveProperty('retry-after');
  });
});
