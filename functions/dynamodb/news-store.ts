import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { NewsStore } from '../bot/knowledge-news.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import type { TableOptions } from './conditional-update.ts';
import { keys } from './keys.ts';

export class DynamoNewsStore implements NewsStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  async claim(revision: number): Promise<boolean> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keys.news(scope),
          UpdateExpression: 'SET revision = :revision',
          ConditionExpression: 'attribute_not_exists(revision) OR revision < :revision',
          ExpressionAttributeValues: { ':revision': revision },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw toStoreError(error);
    }
  }
}
