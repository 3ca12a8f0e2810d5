import { expect, it } from 'vitest';
import { windowStartMinute } from '../../functions/bot/rate-limiter.ts';
import { DynamoRateLimiter } from '../../functions/dynamodb/rate-limiter.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { type Count, countOn, NOON } from '../fixtures/rate-count.ts';

describeOnEveryStore('the rate limiter', (store) => {
  const fresh = async (): Promise<{ limiter: DynamoRateLimiter; count: Count }> => {
    const limiter = new DynamoRateLimiter({ ...(await store.freshTable()), botId: '42' });
    return { limiter, count: countOn(limiter) };
  };

  it('lets pass up to the limit, tells once, and is silent for the rest of the window', async () => {
    const { count } = await fresh();
    expect([await count(1), await count(2), await count(3), await count(4)]).toEqual([
      'within',
      'within',
      'told',
      'over',
    ]);
    expect(await count(5, { nowMs: NOON + 59_000 })).toBe('over');
    expect(await count(6, { nowMs: NOON + 60_000 })).toBe('within');
  });

  it('answers an update that is handled again as it did before', async () => {
    const { count } = await fresh();
    for (const updateId of [1, 1, 1, 2, 2]) expect(await count(updateId)).toBe('within');
    for (const updateId of [3, 3]) expect(await count(updateId)).toBe('told');
    for (const updateId of [4, 4]) expect(await count(updateId)).toBe('over');
    expect(await count(1)).toBe('within');
  });

  it('counts users and kinds apart', async () => {
    const { count } = await fresh();
    for (const updateId of [1, 2, 3]) await count(updateId);
    expect(await count(4, { userId: 8 })).toBe('within');
    expect(await count(5, { kind: 'presses' })).toBe('within');
    expect(await count(6)).toBe('over');
  });

  it('holds the limit against updates that arrive at once', async () => {
    const { count } = await fresh();
    const verdicts = await Promise.all([1, 2, 3, 4, 5, 6].map((updateId) => count(updateId)));
    expect(verdicts.sort()).toEqual(['over', 'over', 'over', 'told', 'within', 'within']);
  });

  it('puts the windows of a day in a row', () => {
    const day = 24 * 3_600_000;
    expect(windowStartMinute(NOON, day)).toBe(windowStartMinute(NOON + day / 2 - 1, day));
    expect(windowStartMinute(NOON, day)).not.toBe(windowStartMinute(NOON + day / 2, day));
  });
});
