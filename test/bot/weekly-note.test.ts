import { expect, it } from 'vitest';
import type { Texts } from '../../functions/bot/texts/catalogue.ts';
import { textsFor } from '../../functions/bot/texts/texts.ts';
import { WEEK_MS, WeeklyNote } from '../../functions/bot/weekly-note.ts';
import { DynamoFeedbackStore } from '../../functions/dynamodb/feedback-store.ts';
import { DynamoGapStore } from '../../functions/dynamodb/gap-store.ts';
import { DynamoWeeklyStore } from '../../functions/dynamodb/weekly-store.ts';
import type { Pointer } from '../../functions/knowledge/store.ts';
import type { Html } from '../../functions/telegram/limits-html.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const START = Date.UTC(2026, 10, 23, 12);

describeOnEveryStore('the weekly note', (fixture) => {
  async function setUp({ isWanted = true } = {}) {
    const table = { ...(await fixture.freshTable()), scope: '42' };
    const state = { nowMs: START, atoms: 10 };
    const told: string[] = [];
    const gaps = new DynamoGapStore(table);
    const feedback = new DynamoFeedbackStore(table);
    const admins = {
      userIds: [900],
      tell: async (text: (texts: Texts) => Html) => {
        told.push(text(textsFor('en')).markup);
        return true;
      },
    };
    const note = () =>
      new WeeklyNote({
        isWanted,
        readPointer: async () => ({ revision: 1, current: { atoms: state.atoms } }) as Pointer,
        store: new DynamoWeeklyStore(table),
        gaps,
        feedback,
        admins,
        nowMs: () => state.nowMs,
      });
    return { state, told, gaps, feedback, note };
  }

  it('tells new atoms, gaps and feedback once a week, however many processes look', async () => {
    const { state, told, gaps, feedback, note } = await setUp();
    await note().look();
    expect(told).toEqual([]);
    state.nowMs += WEEK_MS;
    state.atoms = 13;
    const keepUntilMs = state.nowMs + WEEK_MS;
    await gaps.record({ day: '2026-11-29', query: 'powerflex <f4>', updateId: 1, keepUntilMs });
    const vote = { atomId: 'a:b:c', userId: 1, vote: 'down', updateId: 2 } as const;
    await feedback.record({ ...vote, nowMs: state.nowMs, keepUntilMs });
    await Promise.all([note().look(), note().look(), note().look()]);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('13 articles (+3 this week)');
    expect(told[0]).toContain('1 × powerflex &lt;f4&gt;');
    expect(told[0]).toContain('👎 1 👍 0 <code>a:b:c</code>');
    state.nowMs += WEEK_MS - 1;
    await note().look();
    expect(told).toHaveLength(1);
  });

  it('is not sent for a week without news, nor where it is not wanted', async () => {
    for (const isWanted of [true, false]) {
      const { state, told, note } = await setUp({ isWanted });
      await note().look();
      if (!isWanted) state.atoms += 1;
      state.nowMs += WEEK_MS;
      await note().look();
      expect(told).toEqual([]);
    }
  });
});
