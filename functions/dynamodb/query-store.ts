import { GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { QueryStore } from '../bot/query-store.ts';
import { toStoreError } from './client.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

export class DynamoQueryStore implements QueryStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async put(id: string, query: string, keepUntilMs: number, signal?: AbortSignal): Promise<void> {
    const item = { ...keys.query(id), query, [TTL_ATTRIBUTE]: Math.floor(keepUntilMs / 1000) };
    try {
      const put = new PutCommand({ TableName: this.#tableName, Item: item });
      await this.#client.send(put, { abortSignal: signal });
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async get(id: string, nowMs: number): Promise<string | undefined> {
    try {
      const { Item: item } = await this.#client.send(
        new GetCommand({ TableName: this.#tableName, Key: keys.query(id) }),
      );
      const isOver = Number(item?.[TTL_ATTRIBUTE] ?? 0) * 1000 <= nowMs;
      return isOver || typeof item?.['query'] !== 'string' ? undefined : item['query'];
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
