import { describe, expect, it } from 'vitest';
import { dayOf, gapQuery, lastDays } from '../../functions/bot/gap-store.ts';
import { DynamoGapStore } from '../../functions/dynamodb/gap-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY = 24 * 3_600_000;

describeOnEveryStore('the gap store', (store) => {
  const fresh = async () => {
    const gaps = new DynamoGapStore(await store.freshTable());
    const record = (query: string, updateId: number, nowMs = NOON): Promise<void> =>
      gaps.record({ day: dayOf(nowMs), query, updateId, keepUntilMs: nowMs + 10 * DAY });
    return { gaps, record };
  };

  it('lists what was asked in vain over some days, most frequent first', async () => {
    const { gaps, record } = await fresh();
    await record('servo tuning', 1, NOON - DAY);
    await record('servo tuning', 2);
    await record('abb robot', 3);
    await record('zebra', 4);
    await record('too long ago', 5, NOON - 3 * DAY);
    expect(await gaps.list({ days: lastDays(2, NOON), limit: 10, nowMs: NOON })).toEqual([
      { query: 'servo tuning', count: 2, lastDay: '2026-11-23' },
      { query: 'abb robot', count: 1, lastDay: '2026-11-23' },
      { query: 'zebra', count: 1, lastDay: '2026-11-23' },
    ]);
    expect(await gaps.list({ days: lastDays(2, NOON), limit: 1, nowMs: NOON })).toHaveLength(1);
    expect(await gaps.list({ days: lastDays(2, NOON), limit: 9, nowMs: NOON + 20 * DAY })).toEqual([]);
  });

  it('does not count an update twice that is handled twice', async () => {
    const { gaps, record } = await fresh();
    for (const updateId of [1, 1, 2, 2]) await record('servo', updateId);
    expect(await gaps.list({ days: lastDays(1, NOON), limit: 9, nowMs: NOON })).toMatchObject([{ count: 2 }]);
  });

  it('takes the longest query there can be', async () => {
    const { gaps, record } = await fresh();
    const query = gapQuery('😀ä '.repeat(2000)) ?? '';
    await record(query, 1);
    expect(await gaps.list({ days: lastDays(1, NOON), limit: 9, nowMs: NOON })).toMatchObject([{ query }]);
  });
});

describe('a query that found nothing', () => {
  it('is kept in one form, and not at all when there is nothing to learn from it', () => {
    expect(gapQuery('  Servo \n TUNING ')).toBe('servo tuning');
    expect(gapQuery('😀 !!')).toBeUndefined();
    expect(gapQuery('')).toBeUndefined();
  });
});
