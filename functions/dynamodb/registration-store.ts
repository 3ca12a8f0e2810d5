import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Applied, RegistrationStore } from '../deployment/registration-store.ts';
import { toStoreError } from './client.ts';
import { readConsistently } from './conditional-update.ts';
import { keys } from './keys.ts';

interface Stored {
  applied?: string;
  menu_chat_ids?: number[];
}

export class DynamoRegistrationStore implements RegistrationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async lastApplied(): Promise<Applied | undefined> {
    const table = { client: this.#client, tableName: this.#tableName, scope: '' };
    const stored = (await readConsistently(table, keys.registration())) as Stored | undefined;
    if (stored?.applied === undefined) return undefined;
    return { hash: stored.applied, menuChatIds: stored.menu_chat_ids ?? [] };
  }

  async recordApplied({ hash, menuChatIds }: Applied): Promise<void> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.registration(),
          UpdateExpression: 'SET applied = :hash, menu_chat_ids = :chats',
          ExpressionAttributeValues: { ':hash': hash, ':chats': menuChatIds },
        }),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
