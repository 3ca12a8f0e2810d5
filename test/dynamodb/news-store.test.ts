import { beforeEach, expect, it } from 'vitest';
import { KnowledgeNews, NEWS_CLAIM_MS } from '../../functions/bot/knowledge-news.ts';
import type { AdminNotes } from '../../functions/bot/admin-notes.ts';
import { DynamoNewsStore } from '../../functions/dynamodb/news-store.ts';
import type { Pointer } from '../../functions/knowledge/store.ts';
import { describeOnEveryStore, type StoreFixture } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';

describeOnEveryStore('the news store', (store) => {
  let nowMs: number;
  let table: Awaited<ReturnType<StoreFixture['freshTable']>>;
  const open = (scope = '42') => new DynamoNewsStore({ ...table, scope, now: () => nowMs });
  beforeEach(async () => {
    nowMs = 1_000;
    table = await store.freshTable();
  });

  it('grants each publication once, and none that is older', async () => {
    const news = open();
    const claims = [];
    for (const revision of [3, 3, 2, 4, 3]) {
      const isClaimed = await news.claim(revision);
      claims.push(isClaimed);
      if (isClaimed) await news.recordTold(revision);
      nowMs += NEWS_CLAIM_MS + 1;
    }
    expect(claims).toEqual([true, false, false, true, false]);
  });

  it('grants it again when its first claimant has not told of it in time', async () => {
    const news = open();
    expect(await news.claim(3)).toBe(true);
    expect(await news.claim(3)).toBe(false);
    nowMs += NEWS_CLAIM_MS + 1;
    expect(await news.claim(3)).toBe(true);
  });

  it('grants a later publication while an earlier one is still being told', async () => {
    const news = open();
    expect(await news.claim(3)).toBe(true);
    expect(await news.claim(4)).toBe(true);
    await news.recordTold(4);
    await news.recordTold(3);
    nowMs += NEWS_CLAIM_MS + 1;
    expect(await news.claim(4)).toBe(false);
  });

  it('has one of several tell that claim it at once', async () => {
    const news = open();
    const claims = await Promise.all(Array.from({ length: 8 }, () => news.claim(1)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('keeps bots apart', async () => {
    expect(await open('42').claim(1)).toBe(true);
    expect(await open('43').claim(1)).toBe(true);
  });

  it('does not lose a note with an answer, of whichever write', async () => {
    const traffic = observe(table.client);
    let told = 0;
    const news = new KnowledgeNews({
      readPointer: () => Promise.resolve({ revision: 7, current: { atoms: 10 } } as Pointer),
      store: open(),
      admins: { userIds: [1], tell: () => Promise.resolve((told += 1) > 0) } as unknown as AdminNotes,
    });
    traffic.loseAnswer('update', 1);
    await news.look();
    expect(told).toBe(1);
    nowMs += NEWS_CLAIM_MS + 1;
    await news.look();
    expect(told).toBe(1);
    expect(traffic.kinds()).toEqual(['update', 'update', 'update', 'update']);
  });
});
