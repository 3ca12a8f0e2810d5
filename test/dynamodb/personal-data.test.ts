import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { DynamoFeedbackStore } from '../../functions/dynamodb/feedback-store.ts';
import { DynamoLanguageStore } from '../../functions/dynamodb/language-store.ts';
import { DynamoPersonalData } from '../../functions/dynamodb/personal-data.ts';
import { DynamoRateLimiter } from '../../functions/dynamodb/rate-limiter.ts';
import { DynamoScriptStore } from '../../functions/dynamodb/script-store.ts';
import { scriptIdOf } from '../../functions/scripts/store.ts';
import { delivered, parkedByAFaultyVersion } from '../cli/parked-updates.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const BOT_ID = 42;
const DAY_MS = 24 * 3_600_000;

describeOnEveryStore('personal data', (store) => {
  async function world() {
    const table = await store.freshTable();
    const nowMs = Date.now();
    const botId = String(BOT_ID);
    const scripts = new DynamoScriptStore({ ...table, now: () => nowMs });
    const feedback = new DynamoFeedbackStore(table);
    const languages = new DynamoLanguageStore({ ...table, botId });
    const limiter = new DynamoRateLimiter({ ...table, botId });
    /** Everything that a bot can come to keep of somebody. */
    const livesHere = async (userId: number): Promise<void> => {
      for (let i = 0; i < 3; i += 1) {
        const script = { id: scriptIdOf(botId, userId * 100 + i), topic: 'motor', title: 'Motor' };
        await scripts.save({ ...script, durationSeconds: 180, createdAtMs: nowMs, userId } as never, {
          ttlMs: DAY_MS,
        });
      }
      for (const atomId of ['a:b:c', 'a:b:d']) {
        const vote = { atomId, userId, vote: 'down', updateId: userId, nowMs } as const;
        await feedback.record({ ...vote, keepUntilMs: nowMs + DAY_MS });
      }
      const refusal = { userId, kind: 'refusals', updateId: userId, limit: 1, windowMs: DAY_MS } as const;
      await limiter.count({ ...refusal, nowMs });
      await languages.choose({ userId, code: 'de' });
    };
    const personalData = new DynamoPersonalData({ ...table, botId });
    const items = async (): Promise<Record<string, unknown>[]> =>
      (await table.client.send(new ScanCommand({ TableName: table.tableName }))).Items ?? [];
    return { table, nowMs, scripts, feedback, livesHere, personalData, items };
  }

  it('of one user are deleted, and nothing of anybody else', async () => {
    const { table, nowMs, livesHere, personalData, items, feedback } = await world();
    await livesHere(8);
    const ofOthers = await items();
    await livesHere(7);
    await livesHere(70);
    const neighbours = (await items()).filter(({ pk, sk }) =>
      /(?<!\d)70(?!\d)|#70\d\d/.test(JSON.stringify([pk, sk])),
    );
    expect(neighbours.length).toBeGreaterThan(5);
    await parkedByAFaultyVersion({ ...table, botId: BOT_ID }, [delivered(900), delivered(901)]);

    expect(await personalData.forget(7, { nowMs })).toEqual({
      scripts: 3,
      votes: 2,
      counts: 1,
      language: 1,
      parked: 2,
      atWork: 0,
    });
    const left = await items();
    const isOf7 = (item: Record<string, unknown>): boolean =>
      /(?<!\d)7(?!\d)|42-70\d\b/.test(JSON.stringify([item['pk'], item['sk']]));
    expect(left.filter(isOf7)).toEqual([]);
    expect(JSON.stringify(left)).not.toContain('"userId":7}');
    for (const item of [...ofOthers, ...neighbours]) expect(left).toContainEqual(item);
    expect(await feedback.tally('a:b:c', nowMs)).toEqual({ up: 0, down: 2 });
    expect(left.filter((item) => 'payload' in item)).toEqual([]);

    expect(await personalData.forget(7, { nowMs })).toEqual({
      scripts: 0,
      votes: 0,
      counts: 0,
      language: 0,
      parked: 0,
      atWork: 0,
    });
  });

  it('that others have parked stay', async () => {
    const { table, nowMs, personalData, items } = await world();
    await parkedByAFaultyVersion({ ...table, botId: BOT_ID }, [delivered(900)]);
    expect(await personalData.forget(8, { nowMs })).toMatchObject({ parked: 0, atWork: 0 });
    expect((await items()).some((item) => 'payload' in item)).toBe(true);
  });

  it('are deleted page by page, however many there are', async () => {
    const { nowMs, feedback, personalData } = await world();
    for (let i = 0; i < 130; i += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          feedback.record({
            atomId: `a:b:${i + at}`,
            userId: 7,
            vote: 'up',
            updateId: i,
            nowMs,
            keepUntilMs: nowMs + DAY_MS,
          }),
        ),
      );
    }
    expect(await personalData.forget(7, { nowMs })).toMatchObject({ votes: 130 });
    expect(await feedback.tally('a:b:129', nowMs)).toEqual({ up: 0, down: 0 });
  });
});
