import { expect, it } from 'vitest';
import type { Vote } from '../../functions/bot/feedback-store.ts';
import { lastDays } from '../../functions/bot/gap-store.ts';
import { DynamoFeedbackStore } from '../../functions/dynamodb/feedback-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

describeOnEveryStore('the feedback store', (store) => {
  it('keeps one vote per atom and user, the later one', async () => {
    const feedback = new DynamoFeedbackStore(await store.freshTable());
    const vote = (atomId: string, userId: number, vote: Vote, updateId: number): Promise<void> =>
      feedback.record({ atomId, userId, vote, updateId, nowMs: NOON, keepUntilMs: NOON + 1000 });
    await vote('a:b:c', 1, 'up', 1);
    await vote('a:b:c', 1, 'up', 1);
    await vote('a:b:c', 2, 'down', 2);
    await vote('a:b:c', 3, 'down', 3);
    await vote('a:b:c', 3, 'up', 4);
    await vote('a:b:d', 1, 'down', 5);
    expect(await feedback.tally('a:b:c', NOON)).toEqual({ up: 2, down: 1 });
    expect(await feedback.tally('a:b:d', NOON)).toEqual({ up: 0, down: 1 });
    expect(await feedback.tally('a:b:e', NOON)).toEqual({ up: 0, down: 0 });
    expect(await feedback.tally('a:b:c', NOON + 1000)).toEqual({ up: 0, down: 0 });
  });

  it('lists the atoms that somebody found not useful, the worst first, with all their votes', async () => {
    const feedback = new DynamoFeedbackStore(await store.freshTable());
    const dayMs = 24 * 3_600_000;
    const vote = (atomId: string, userId: number, given: Vote, nowMs: number): Promise<void> =>
      feedback.record({
        atomId,
        userId,
        vote: given,
        updateId: userId,
        nowMs,
        keepUntilMs: nowMs + 300 * dayMs,
      });
    await vote('a:b:mixed', 1, 'up', NOON - 40 * dayMs);
    await vote('a:b:mixed', 2, 'down', NOON);
    await vote('a:b:bad', 1, 'down', NOON);
    await vote('a:b:bad', 2, 'down', NOON - dayMs);
    await vote('a:b:good', 1, 'up', NOON);
    await vote('a:b:old', 1, 'down', NOON - 40 * dayMs);
    const list = (days: number) => feedback.listBad({ days: lastDays(days, NOON), limit: 10, nowMs: NOON });
    expect(await list(7)).toEqual([
      { atomId: 'a:b:bad', up: 0, down: 2 },
      { atomId: 'a:b:mixed', up: 1, down: 1 },
    ]);
    expect((await list(60)).map(({ atomId }) => atomId)).toEqual(['a:b:bad', 'a:b:old', 'a:b:mixed']);
  });
});
