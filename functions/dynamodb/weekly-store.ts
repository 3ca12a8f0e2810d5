import { WEEK_MS, type WeeklyStore } from '../bot/weekly-note.ts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed, toStoreError } from './client.ts';
import { anyOf, type TableOptions } from './conditional-update.ts';
import { keys } from './keys.ts';

export class DynamoWeeklyStore implements WeeklyStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  /** If the answer to this write is lost, its repetition finds the week taken, and no note is sent. */
  async take({
    nowMs,
    atoms,
  }: {
    nowMs: number;
    atoms: number;
  }): Promise<{ atomsBefore: number } | undefined> {
    const { client, tableName, scope } = this.#table;
    try {
      const { Attributes: before } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keys.weeklyNote(scope),
          UpdateExpression: 'SET taken_at_ms = :now, atoms = :atoms',
          ConditionExpression: anyOf('attribute_not_exists(taken_at_ms)', 'taken_at_ms <= :before'),
          ExpressionAttributeValues: { ':now': nowMs, ':before': nowMs - WEEK_MS, ':atoms': atoms },
          ReturnValues: 'ALL_OLD',
        }),
      );
      const atomsBefore: unknown = before?.['atoms'];
      return typeof atomsBefore === 'number' ? { atomsBefore } : undefined;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw toStoreError(error);
    }
  }
}
