import { expect, it } from 'vitest';
import type { Vote } from '../../functions/bot/feedback-store.ts';
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
});
