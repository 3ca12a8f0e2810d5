import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { RUN_LIMIT_MS, type Run, type RunStore } from '../uploads/run-store.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { anyOf, type TableOptions } from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

export class DynamoRunStore implements RunStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  async begin({ name, requestId }: Run, nowMs: number): Promise<boolean> {
    const { client, tableName, scope } = this.#table;
    const endsMs = nowMs + RUN_LIMIT_MS;
    const own = { request_id: requestId, ends_ms: endsMs, [TTL_ATTRIBUTE]: Math.ceil(endsMs / 1000) };
    return applies(
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...keys.importRun(scope, name), ...own },
          // The SDK repeats a request whose answer was lost, and must not be refused because of itself.
          ConditionExpression: anyOf(FREE_OR_OWN, 'ends_ms < :now'),
          ExpressionAttributeValues: { ':now': nowMs, ':request': requestId },
        }),
      ),
    );
  }

  async end({ name, requestId }: Run): Promise<void> {
    const { client, tableName, scope } = this.#table;
    await applies(
      client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: keys.importRun(scope, name),
          ConditionExpression: FREE_OR_OWN,
          ExpressionAttributeValues: { ':request': requestId },
        }),
      ),
    );
  }
}

const FREE_OR_OWN = 'attribute_not_exists(pk) OR request_id = :request';

/** @returns whether the condition held @throws StoreUnavailableError */
async function applies(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw toStoreError(error);
  }
}
