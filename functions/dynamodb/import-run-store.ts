import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { RUN_LIMIT_MS, type RunStore } from '../uploads/run-store.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import type { TableOptions } from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

export class DynamoRunStore implements RunStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  async begin(run: string, nowMs: number): Promise<boolean> {
    const { client, tableName, scope } = this.#table;
    const endsMs = nowMs + RUN_LIMIT_MS;
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...keys.importRun(scope, run), ends_ms: endsMs, [TTL_ATTRIBUTE]: Math.ceil(endsMs / 1000) },
          ConditionExpression: 'attribute_not_exists(pk) OR ends_ms < :now',
          ExpressionAttributeValues: { ':now': nowMs },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw toStoreError(error);
    }
  }

  async end(run: string): Promise<void> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(new DeleteCommand({ TableName: tableName, Key: keys.importRun(scope, run) }));
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
