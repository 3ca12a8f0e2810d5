import { beforeEach, describe, expect, it } from 'vitest';
import { MinuteLimiter } from '../../functions/bot/minute-limiter.ts';
import type { RateLimiter, RateRequest, RateVerdict } from '../../functions/bot/rate-limiter.ts';
import { type Count, countOn, NOON } from '../fixtures/rate-count.ts';

describe('the limiter of a minute', () => {
  let handedOn: RateRequest[];
  let limiter: RateLimiter;
  const remembers: RateLimiter = {
    count: async (request) => {
      handedOn.push(request);
      return 'over';
    },
  };
  const count: Count = (updateId, given) => countOn(limiter)(updateId, given);
  beforeEach(() => {
    handedOn = [];
    limiter = new MinuteLimiter(remembers);
  });

  it('lets pass up to the limit, tells once, and is silent for the rest of the minute', async () => {
    const verdicts = [await count(1), await count(2), await count(3), await count(4)];
    expect(verdicts).toEqual(['within', 'within', 'told', 'over']);
    expect(await count(5, { nowMs: NOON + 59_999 })).toBe('over');
    expect(await count(6, { nowMs: NOON + 60_000 })).toBe('within');
  });

  it('answers an update that is handled again as it did before', async () => {
    for (const updateId of [1, 1, 1, 2, 2]) expect(await count(updateId)).toBe('within');
    for (const updateId of [3, 3]) expect(await count(updateId)).toBe('told');
    for (const updateId of [4, 4]) expect(await count(updateId)).toBe('over');
    expect(await count(1)).toBe('within');
  });

  it('counts users and kinds apart', async () => {
    for (const updateId of [1, 2, 3]) await count(updateId);
    expect(await count(4, { userId: 8 })).toBe('within');
    expect(await count(5, { kind: 'presses' })).toBe('within');
    expect(await count(6, { kind: 'albums', limit: 1 })).toBe('within');
    expect(await count(7)).toBe('over');
  });

  it('hands on what is to hold for longer than it may live', async () => {
    expect(await count(1, { kind: 'refusals', windowMs: 24 * 3_600_000 })).toBe('over');
    expect(await count(2, { kind: 'notes', windowMs: 3_600_000 })).toBe('over');
    expect(handedOn.map(({ kind, updateId }) => [kind, updateId])).toEqual([
      ['refusals', 1],
      ['notes', 2],
    ]);
  });

  it('forgets whom it has counted for longest, and nobody else, when there are too many', async () => {
    const small = new MinuteLimiter(remembers, { maxCounted: 2 });
    const fill = (userId: number, nowMs = NOON): Promise<RateVerdict> =>
      countOn(small)(userId * 1_000 + nowMs - NOON, { userId, limit: 1, nowMs });
    expect([await fill(1), await fill(2)]).toEqual(['within', 'within']);
    // A new minute is a new count: now the second user is the one counted for longest.
    expect(await fill(1, NOON + 60_000)).toBe('within');
    expect(await fill(3, NOON + 60_000)).toBe('within');
    expect(await fill(1, NOON + 60_001)).toBe('told');
    expect(await fill(2, NOON + 60_001)).toBe('within');
  });
});
