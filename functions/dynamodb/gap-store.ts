import { paginateQuery, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Gap, GapStore } from '../bot/gap-store.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

/** Days are partitions, so that the last ones are read without a Scan. */
export class DynamoGapStore implements GapStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async record(gap: Parameters<GapStore['record']>[0]): Promise<void> {
    const { day, query, updateId, keepUntilMs, signal } = gap;
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.gap(day, query),
          UpdateExpression: 'SET #query = :query, last_update = :update, #ttl = :ttl ADD asked :one',
          // Repeats of an update follow it closely: one counts twice only where another chat asks the same in between.
          ConditionExpression: 'attribute_not_exists(last_update) OR last_update <> :update',
          ExpressionAttributeNames: { '#query': 'query', '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: {
            ':query': query,
            ':update': updateId,
            ':one': 1,
            ':ttl': Math.floor(keepUntilMs / 1000),
          },
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);
    }
  }

  async list({ days, limit, nowMs }: Parameters<GapStore['list']>[0]): Promise<Gap[]> {
    const gaps = new Map<string, Gap>();
    try {
      const perDay = await Promise.all(days.map((day) => this.#asked(day, nowMs)));
      perDay.forEach((asked, i) => {
        for (const [query, count] of asked) {
          const gap = gaps.get(query) ?? { query, count: 0, lastDay: '' };
          gap.count += count;
          gap.lastDay = [gap.lastDay, days[i] ?? ''].sort().at(-1) ?? '';
          gaps.set(query, gap);
        }
      });
    } catch (error) {
      throw toStoreError(error);
    }
    return [...gaps.values()]
      .sort((a, b) => b.count - a.count || (a.query < b.query ? -1 : 1))
      .slice(0, limit);
  }

  async #asked(day: string, nowMs: number): Promise<[string, number][]> {
    const asked: [string, number][] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: '#ttl > :now',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ':pk': keys.gap(day, '').pk, ':now': Math.floor(nowMs / 1000) },
      },
    );
    for await (const { Items: items = [] } of pages) {
      for (const item of items) asked.push([String(item['query']), Number(item['asked'])]);
    }
    return asked;
  }
}
