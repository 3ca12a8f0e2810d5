import { DeleteCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed, toStoreError } from './client.ts';
import {
  isFromBefore,
  isNotOvertaken,
  putUnlessOvertaken,
  type Item,
  type TableOptions,
} from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

const PAGE_ENTRIES = 100;

interface DeadEntry {
  updateId: number;
  /** The token of the claim that ends with the update parked, or of the last claim before it is replayed. */
  fencingToken: number;
  nowMs: number;
  ttlSeconds: number;
}

/**
 * Names the updates that were parked, so that they are found without a Scan. An entry is there before its update is
 * parked, and goes when the update is done or dropped; what it says of the update is for the ledger item to confirm.
 */
export class DeadIndex {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  /** @throws StoreUnavailableError */
  async add(entry: DeadEntry): Promise<void> {
    await putUnlessOvertaken(this.#table, {
      ...keys.dead(this.#table.scope, entry.updateId),
      update_id: entry.updateId,
      fencing_token: entry.fencingToken,
      parked_at_ms: entry.nowMs,
      [TTL_ATTRIBUTE]: entry.ttlSeconds,
    });
  }

  /** Keeps an entry for longer; one whose time was up before its update's is made anew. @throws StoreUnavailableError */
  async keep(entry: DeadEntry): Promise<void> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keys.dead(scope, entry.updateId),
          UpdateExpression:
            `SET update_id = :id, ${TTL_ATTRIBUTE} = :ttl, fencing_token = :token,` +
            ' parked_at_ms = if_not_exists(parked_at_ms, :now)',
          ConditionExpression: isNotOvertaken,
          ExpressionAttributeValues: {
            ':id': entry.updateId,
            ':ttl': entry.ttlSeconds,
            ':token': entry.fencingToken,
            ':now': entry.nowMs,
          },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);
    }
  }

  /**
   * Takes an update off the list that was done or dropped under this token. One that was parked under a later token
   * has only its id in common with it, and stays: a request may be this late.
   * @throws StoreUnavailableError
   */
  async remove(updateId: number, fencingToken: number): Promise<void> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: keys.dead(scope, updateId),
          ConditionExpression: isFromBefore,
          ExpressionAttributeValues: { ':token': fencingToken },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);
    }
  }

  /** Update ids, the lowest first, a page at a time. @throws StoreUnavailableError */
  async *pages(afterUpdateId?: number): AsyncGenerator<number[]> {
    const { client, tableName, scope } = this.#table;
    let start: Item | undefined =
      afterUpdateId === undefined ? undefined : { ...keys.dead(scope, afterUpdateId) };
    do {
      const page = await client
        .send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': keys.dead(scope, 0).pk },
            ConsistentRead: true,
            Limit: PAGE_ENTRIES,
            ExclusiveStartKey: start,
          }),
        )
        .catch((error: unknown) => {
          throw toStoreError(error);
        });
      yield (page.Items ?? []).map((item) => Number(item['update_id']));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
}
