import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { conditionalUpdate } from '../../functions/dynamodb/conditional-update.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore, localClient } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

const key = { pk: 'a', sk: 'b' };
const item = { ...key, n: 1, text: 'x', list: [1, { deep: 'y' }], bytes: new Uint8Array([1, 2, 3]) };
const update = (condition: string) => ({
  UpdateExpression: 'SET n = :two',
  ConditionExpression: condition,
  ExpressionAttributeValues: { ':two': 2 },
});

describeOnEveryStore('a conditional update', (store) => {
  it('tells what the item was when it applies, and of a created item nothing', async () => {
    const table = { ...(await store.freshTable()), scope: '42' };
    await table.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
    expect(await conditionalUpdate(table, key, update('n < :two'))).toStrictEqual({
      kind: 'applied',
      before: item,
    });
    const created = { pk: 'new', sk: 'new' };
    expect(
      await conditionalUpdate(table, created, update('attribute_not_exists(n) OR n = :two')),
    ).toStrictEqual({
      kind: 'applied',
      before: undefined,
    });
  });

  it('tells what stands in its way when it is refused, with a read only where the store does not return it', async () => {
    const table = { ...(await store.freshTable()), scope: '42' };
    await table.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
    const traffic = observe(table.client);
    expect(await conditionalUpdate(table, key, update('n > :two'))).toStrictEqual({ kind: 'refused', item });
    const reads = store.name === 'dynalite' ? ['read'] : [];
    expect(traffic.kinds()).toStrictEqual(['update', ...reads]);
    const missing = { pk: 'no', sk: 'no' };
    expect(await conditionalUpdate(table, missing, update('n > :two'))).toStrictEqual({
      kind: 'refused',
      item: undefined,
    });
  });

  it('reads consistently', async () => {
    const table = { ...(await store.freshTable()), scope: '42' };
    const traffic = observe(table.client);
    await conditionalUpdate(table, key, update('n > :two'));
    expect(traffic.requests().at(-1)?.body).toMatchObject({ ConsistentRead: true });
  });

  it('hands a mistake in the expression to its caller and calls a store that is gone unavailable', async () => {
    const table = { ...(await store.freshTable()), scope: '42' };
    await expect(conditionalUpdate(table, key, update('n >'))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const gone = localClient('http://127.0.0.1:1', { attempts: 1 });
    await expect(conditionalUpdate({ ...table, client: gone }, key, update('n > :two'))).rejects.toThrow(
      StoreUnavailableError,
    );
    gone.destroy();
  });
});
