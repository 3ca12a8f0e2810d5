import { DeleteCommand, GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LanguageStore } from '../bot/language-store.ts';
import { toStoreError } from './client.ts';
import { keys } from './keys.ts';

export class DynamoLanguageStore implements LanguageStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #botId: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string; botId: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#botId = options.botId;
  }

  /** Eventually consistent, at half the price: a choice of the moment before may not be seen yet. */
  async chosenBy(userId: number, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const { Item: item } = await this.#client.send(new GetCommand(this.#keyOf(userId)), {
        abortSignal: signal,
      });
      return typeof item?.['code'] === 'string' ? item['code'] : undefined;
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async choose({ userId, code, signal }: Parameters<LanguageStore['choose']>[0]): Promise<void> {
    const { TableName, Key } = this.#keyOf(userId);
    const options = { abortSignal: signal };
    try {
      if (code === undefined) await this.#client.send(new DeleteCommand({ TableName, Key }), options);
      else await this.#client.send(new PutCommand({ TableName, Item: { ...Key, code } }), options);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #keyOf(userId: number) {
    return { TableName: this.#tableName, Key: keys.language(this.#botId, userId) };
  }
}
