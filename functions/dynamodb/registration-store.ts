import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Applied, RegistrationStore } from '../deployment/registration-store.ts';
import { toStoreError } from './client.ts';
import { readConsistently } from './conditional-update.ts';
import { keys } from './keys.ts';

interface Stored {
  prepared?: string;
  applied?: string;
  /** The hash that was applied when the last one was prepared; empty: none was. */
  former?: string;
  menu_chat_ids?: number[];
  profile?: string;
}

export class DynamoRegistrationStore implements RegistrationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async lastApplied(): Promise<Applied | undefined> {
    const stored = await this.#read();
    if (stored?.applied === undefined) return undefined;
    const { applied: hash, former = '', menu_chat_ids: menuChatIds = [], profile } = stored;
    return {
      hash,
      ...(former !== '' && { formerHash: former }),
      menuChatIds,
      ...(profile !== undefined && { profileHash: profile }),
    };
  }

  async recordApplied({ hash, menuChatIds, profileHash }: Omit<Applied, 'formerHash'>): Promise<void> {
    await this.#update(
      'SET applied = :hash, menu_chat_ids = :chats' +
        (profileHash === undefined ? ' REMOVE profile' : ', profile = :profile'),
      {
        ':hash': hash,
        ':chats': menuChatIds,
        ...(profileHash !== undefined && { ':profile': profileHash }),
      },
    );
  }

  async lastPrepared(): Promise<string | undefined> {
    return (await this.#read())?.prepared;
  }

  async recordPrepared(hash: string): Promise<void> {
    await this.#update('SET prepared = :hash, former = if_not_exists(applied, :none)', {
      ':hash': hash,
      ':none': '',
    });
  }

  async #read(): Promise<Stored | undefined> {
    const table = { client: this.#client, tableName: this.#tableName, scope: '' };
    return await readConsistently(table, keys.registration());
  }

  async #update(expression: string, values: Record<string, unknown>): Promise<void> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.registration(),
          UpdateExpression: expression,
          ExpressionAttributeValues: values,
        }),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
