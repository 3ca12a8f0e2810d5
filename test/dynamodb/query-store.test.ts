import { expect, it } from 'vitest';
import { DynamoQueryStore } from '../../functions/dynamodb/query-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

describeOnEveryStore('the query store', (store) => {
  it('gives back what was put, until its time is over', async () => {
    const queries = new DynamoQueryStore(await store.freshTable());
    await queries.put('abc', 'a <long> query 😀', NOON + 5000);
    await queries.put('abc', 'a <long> query 😀', NOON + 10_000);
    expect(await queries.get('abc', NOON)).toBe('a <long> query 😀');
    expect(await queries.get('abc', NOON + 9_000)).toBe('a <long> query 😀');
    expect(await queries.get('abc', NOON + 10_000)).toBeUndefined();
    expect(await queries.get('other', NOON)).toBeUndefined();
  });
});
