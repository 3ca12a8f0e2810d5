import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RegistrationStore } from '../deployment/registration-store.ts';
import { toStoreError } from './client.ts';
import { readConsistently } from './conditional-update.ts';
import { keys } from './keys.ts';

export class DynamoRegistrationStore implements RegistrationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async lastApplied(): Promise<string | undefined> {
    const table = { client: this.#client, tableName: this.#tableName, scope: '' };
    const stored = (await readConsistently(table, keys.registration())) as { applied?: string } | undefined;
    return stored?.applied;
  }

  async recordApplied(hash: string): Promise<void> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.registration(),
          UpdateExpression: 'SET applied = :hash',
          ExpressionAttributeValues: { ':hash': hash },
        }),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
