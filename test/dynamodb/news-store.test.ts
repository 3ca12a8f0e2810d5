import { expect, it } from 'vitest';
import { DynamoNewsStore } from '../../functions/dynamodb/news-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

describeOnEveryStore('the news store', (store) => {
  const fresh = async () => new DynamoNewsStore({ ...(await store.freshTable()), scope: '42' });

  it('lets each publication be told of once, and none that is older', async () => {
    const news = await fresh();
    const claims = [];
    for (const revision of [3, 3, 2, 4, 3]) claims.push(await news.claim(revision));
    expect(claims).toEqual([true, false, false, true, false]);
  });

  it('has one of several tell that claim it at once', async () => {
    const news = await fresh();
    const claims = await Promise.all(Array.from({ length: 8 }, () => news.claim(1)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('keeps bots apart', async () => {
    const table = await store.freshTable();
    expect(await new DynamoNewsStore({ ...table, scope: '42' }).claim(1)).toBe(true);
    expect(await new DynamoNewsStore({ ...table, scope: '43' }).claim(1)).toBe(true);
  });
});
