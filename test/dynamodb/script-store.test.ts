import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoScriptStore } from '../../functions/dynamodb/script-store.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import type { Script } from '../../functions/scripts/script.ts';
import { scriptIdOf } from '../../functions/scripts/store.ts';
import { describeOnEveryStore, localClient, type StoreFixture } from '../fixtures/dynamodb-endpoints.ts';

const STARTED_AT_MS = 1_700_000_000_000;
const DAY_MS = 86_400_000;

function script(id: string, fields: Partial<Script> = {}): Script {
  return {
    id,
    topic: 'motor control',
    title: 'Motor control: the essentials in three minutes',
    hook: 'Hook.',
    intro: '',
    sections: [{ heading: 'Idea', startSeconds: 20, narration: 'It runs.', sources: ['a:b:c'] }],
    example: 'Example.',
    exampleSources: ['a:b:c'],
    recap: 'Recap.',
    outro: 'Outro.',
    keywords: [],
    citations: [{ atomId: 'a:b:c', title: 'Title', pages: ['1'] }],
    wordCount: 450,
    durationSeconds: 180,
    createdAtMs: STARTED_AT_MS,
    userId: 5,
    ...fields,
  };
}

async function freshStore(fixture: StoreFixture) {
  const { client, tableName } = await fixture.freshTable();
  const clock = { nowMs: STARTED_AT_MS };
  const store = new DynamoScriptStore({ client, tableName, now: () => clock.nowMs });
  return { store, clock, client, tableName };
}

describeOnEveryStore('the script store', (fixture) => {
  it('gives back what was saved, and nothing for an unknown id', async () => {
    const { store } = await freshStore(fixture);
    await store.save(script('1-1'));
    expect(await store.get('1-1')).toStrictEqual(script('1-1'));
    expect(await store.get('1-2')).toBeUndefined();
  });

  it('keeps one script and one line of the list when the update that asked for it is handled again', async () => {
    const { store, client, tableName } = await freshStore(fixture);
    const id = scriptIdOf('42', 1000);
    await store.save(script(id));
    await store.save(script(id, { title: 'Again', createdAtMs: STARTED_AT_MS + 60_000 }));
    expect(await store.get(id)).toMatchObject({ title: 'Again', createdAtMs: STARTED_AT_MS });
    expect(await store.listByUser(5, { limit: 10 })).toStrictEqual([
      { id, topic: 'motor control', title: 'Again', durationSeconds: 180, createdAtMs: STARTED_AT_MS },
    ]);
    const { Count } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.userScript(5, 0, '').pk },
      }),
    );
    expect(Count).toBe(1);
  });

  it("lists a user's own scripts, newest first, as many as asked for", async () => {
    const { store } = await freshStore(fixture);
    for (const n of [3, 1, 4, 2]) await store.save(script(`1-${n}`, { createdAtMs: STARTED_AT_MS + n }));
    await store.save(script('1-9', { userId: 6, createdAtMs: STARTED_AT_MS + 9 }));
    const ids = async (limit: number) => (await store.listByUser(5, { limit })).map(({ id }) => id);
    expect(await ids(10)).toStrictEqual(['1-4', '1-3', '1-2', '1-1']);
    expect(await ids(2)).toStrictEqual(['1-4', '1-3']);
    expect(await store.listByUser(7, { limit: 10 })).toStrictEqual([]);
  });

  it('lists no script that belongs to nobody', async () => {
    const { store } = await freshStore(fixture);
    const { userId: _, ...anonymous } = script('1-1');
    await store.save(anonymous);
    expect(await store.get('1-1')).toStrictEqual(anonymous);
    expect(await store.listByUser(5, { limit: 10 })).toStrictEqual([]);
  });

  it('hides what is over its time although the item is still there', async () => {
    const { store, clock, client, tableName } = await freshStore(fixture);
    await store.save(script('1-1', { createdAtMs: STARTED_AT_MS + 2 }), { ttlMs: DAY_MS });
    await store.save(script('1-2', { createdAtMs: STARTED_AT_MS + 1 }), { ttlMs: 2 * DAY_MS });
    await store.save(script('1-3'));
    clock.nowMs += DAY_MS - 1;
    expect(await store.get('1-1')).toBeDefined();
    clock.nowMs += 1;
    expect(await store.get('1-1')).toBeUndefined();
    expect((await store.listByUser(5, { limit: 1 })).map(({ id }) => id)).toStrictEqual(['1-2']);
    expect((await store.listByUser(5, { limit: 10 })).map(({ id }) => id)).toStrictEqual(['1-2', '1-3']);
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: keys.script('1-1') }));
    expect(Item?.['expires_at']).toBe((STARTED_AT_MS + DAY_MS) / 1000);
  });

  it('takes the time away when a script is saved again without one', async () => {
    const { store, clock } = await freshStore(fixture);
    await store.save(script('1-1'), { ttlMs: DAY_MS });
    await store.save(script('1-1'));
    clock.nowMs += 2 * DAY_MS;
    expect(await store.get('1-1')).toBeDefined();
    expect(await store.listByUser(5, { limit: 1 })).toHaveLength(1);
  });

  it('calls a store that does not answer unavailable', async () => {
    const client = localClient('http://127.0.0.1:1', { attempts: 1 });
    const store = new DynamoScriptStore({ client, tableName: 'any', now: () => STARTED_AT_MS });
    await expect(store.save(script('1-1'))).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.get('1-1')).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.listByUser(5, { limit: 1 })).rejects.toBeInstanceOf(StoreUnavailableError);
    client.destroy();
  });
});
