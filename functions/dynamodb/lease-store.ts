import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Layout, LeaseKey } from '../lease/layout.ts';
import type {
  AcquireRequest,
  Conditional,
  ForcedRelease,
  ForceReleaseRequest,
  LeaseItem,
  LeaseStore,
  ReleaseRequest,
  RenewRequest,
  RetireRequest,
  StoredLease,
} from '../lease/lease-store.ts';
import { toStoreError } from './client.ts';
import {
  allOf,
  anyOf,
  conditionalUpdate,
  foundInstead,
  map,
  notAlreadyMine,
  readConsistently,
  type Item,
  type TableOptions,
} from './conditional-update.ts';
import { keys, leasesBegin, type ItemKey } from './keys.ts';

/*
 *            free              held by A                       A's expiry   + skew
 *  ...........|=================================================|------------|..........>
 *   isFree    |  isMine: A itself, its own last token           |            | isStale: anybody
 *             |  isOver: anybody who read A's update as settled |            |
 *
 * Only in the last three cases does the lease change hands, and every time its token rises.
 */
const isLive = 'attribute_exists(pk) AND attribute_not_exists(retired)';
const isFree = 'attribute_not_exists(holder)';
const isMine = 'holder = :holder AND fencing_token = :own_token';
const isStale = 'lease_expires_at_ms < :stale_before';
const isOver = 'fencing_token = :over_token';
const isHeldUnder = 'holder = :holder AND fencing_token = :token';

/** The lease items of one bot (or of its synthetic probe) in DynamoDB. */
export class DynamoLeaseStore implements LeaseStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  async readLayout(): Promise<Layout | undefined> {
    const item = await readConsistently(this.#table, keys.layout(this.#table.scope));
    return item && toLayout(item);
  }

  async writeLayout(layout: Layout, expectedEpoch: number | undefined): Promise<Conditional<Layout>> {
    const reply = await conditionalUpdate(this.#table, keys.layout(this.#table.scope), {
      UpdateExpression: 'SET epoch = :epoch, #partitions = :partitions, mapping = :mapping',
      ConditionExpression: expectedEpoch === undefined ? 'attribute_not_exists(pk)' : 'epoch = :expected',
      // `partitions` is a reserved word of DynamoDB's expressions.
      ExpressionAttributeNames: { '#partitions': 'partitions' },
      ExpressionAttributeValues: {
        ':epoch': layout.epoch,
        ':partitions': layout.partitions,
        ':mapping': layout.mapping,
        ...(expectedEpoch !== undefined && { ':expected': expectedEpoch }),
      },
    });
    return map(reply, toLayout);
  }

  async read(key: LeaseKey): Promise<LeaseItem | undefined> {
    const item = await readConsistently(this.#table, this.#key(key));
    return item && toLease(item);
  }

  async list(epoch?: number): Promise<StoredLease[]> {
    const { client, tableName, scope } = this.#table;
    const { pk } = keys.layout(scope);
    const found: StoredLease[] = [];
    let start: Item | undefined;
    try {
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begin)',
            ExpressionAttributeValues: { ':pk': pk, ':begin': leasesBegin(epoch) },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        );
        for (const item of page.Items ?? []) found.push({ key: toKey(item), item: toLease(item) });
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    } catch (error) {
      throw toStoreError(error);
    }
    return found;
  }

  async create(
    key: LeaseKey,
    { fencingToken, partitions }: { fencingToken: number; partitions: number },
  ): Promise<number> {
    try {
      await this.#table.client.send(
        new PutCommand({
          TableName: this.#table.tableName,
          Item: { ...this.#key(key), fencing_token: fencingToken, lease_expires_at_ms: 0, partitions },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return partitions;
    } catch (error) {
      const item = await foundInstead(this.#table, this.#key(key), error);
      return (item && toLease(item).partitions) ?? partitions;
    }
  }

  acquire(request: AcquireRequest): Promise<Conditional<LeaseItem>> {
    const { updateId, ownToken, overToken } = request;
    const grantable = [isFree, isStale];
    if (ownToken !== undefined) grantable.push(isMine);
    if (overToken !== undefined) grantable.push(isOver);
    const set =
      'SET holder = :holder, attempt_id = :attempt, since_ms = :now, lease_expires_at_ms = :expires,' +
      ' fencing_token = fencing_token + :one';
    return this.#write(request.key, {
      UpdateExpression: updateId === undefined ? `${set} REMOVE update_id` : `${set}, update_id = :update_id`,
      ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...grantable)),
      ExpressionAttributeValues: {
        ':holder': request.holder,
        ':attempt': request.attemptId,
        ':now': request.nowMs,
        ':expires': request.expiresAtMs,
        ':stale_before': request.staleBeforeMs,
        ':one': 1,
        ...(updateId !== undefined && { ':update_id': updateId }),
        ...(ownToken !== undefined && { ':own_token': ownToken }),
        ...(overToken !== undefined && { ':over_token': overToken }),
      },
    });
  }

  renew(request: RenewRequest): Promise<Conditional<LeaseItem>> {
    return this.#write(request.key, {
      UpdateExpression: 'SET attempt_id = :attempt, lease_expires_at_ms = :expires',
      ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder, 'lease_expires_at_ms < :expires'),
      ExpressionAttributeValues: {
        ':holder': request.holder,
        ':token': request.fencingToken,
        ':attempt': request.attemptId,
        ':expires': request.expiresAtMs,
      },
    });
  }

  release(request: ReleaseRequest): Promise<Conditional<LeaseItem>> {
    return this.#write(request.key, {
      UpdateExpression:
        'SET attempt_id = :attempt, lease_expires_at_ms = :zero REMOVE holder, update_id, since_ms',
      ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder),
      ExpressionAttributeValues: {
        ':holder': request.holder,
        ':token': request.fencingToken,
        ':attempt': request.attemptId,
        ':zero': 0,
      },
    });
  }

  forceRelease(request: ForceReleaseRequest): Promise<Conditional<LeaseItem>> {
    const { staleBeforeMs } = request;
    const conditions = [isLive, notAlreadyMine, 'fencing_token = :token', 'attribute_exists(holder)'];
    if (staleBeforeMs !== undefined) conditions.push(isStale);
    const forced = 'forced = :forced, forced_holder = holder';
    return this.#write(request.key, {
      UpdateExpression:
        `SET attempt_id = :attempt, lease_expires_at_ms = :zero, fencing_token = fencing_token + :one, ${forced}` +
        ' REMOVE holder, update_id, since_ms',
      ConditionExpression: allOf(...conditions),
      ExpressionAttributeValues: {
        ':token': request.expectedToken,
        ':attempt': request.attemptId,
        ':zero': 0,
        ':one': 1,
        ':forced': {
          at_ms: request.nowMs,
          by: request.by,
          reason: request.reason,
          fencing_token: request.expectedToken,
        },
        ...(staleBeforeMs !== undefined && { ':stale_before': staleBeforeMs }),
      },
    });
  }

  retire(request: RetireRequest): Promise<Conditional<LeaseItem>> {
    const { overToken } = request;
    const idle = overToken === undefined ? [isFree, isStale] : [isFree, isStale, isOver];
    return this.#write(request.key, {
      UpdateExpression:
        'SET attempt_id = :attempt, retired = :true, lease_expires_at_ms = :zero REMOVE holder, update_id, since_ms',
      ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...idle)),
      ExpressionAttributeValues: {
        ':attempt': request.attemptId,
        ':true': true,
        ':zero': 0,
        ':stale_before': request.staleBeforeMs,
        ...(overToken !== undefined && { ':over_token': overToken }),
      },
    });
  }

  #key(key: LeaseKey): ItemKey {
    return keys.lease(this.#table.scope, key.epoch, key.partition);
  }

  async #write(
    key: LeaseKey,
    update: Parameters<typeof conditionalUpdate>[2],
  ): Promise<Conditional<LeaseItem>> {
    return map(await conditionalUpdate(this.#table, this.#key(key), update), toLease);
  }
}

function toLayout(item: Item): Layout {
  const { epoch, partitions, mapping } = item as unknown as Layout;
  return { epoch, partitions, mapping };
}

function toKey(item: Item): LeaseKey {
  const [, epoch, , partition] = String(item['sk']).split('#');
  return { epoch: Number(epoch), partition: Number(partition) };
}

interface LeaseAttributes {
  fencing_token: number;
  holder?: string;
  update_id?: number;
  lease_expires_at_ms: number;
  since_ms?: number;
  attempt_id?: string;
  retired?: boolean;
  partitions?: number;
  forced?: { at_ms: number; by: string; reason: string; fencing_token: number };
  forced_holder?: string;
}

function toLease(item: Item): LeaseItem {
  const stored = item as unknown as LeaseAttributes;
  const { forced } = stored;
  return {
    fencingToken: stored.fencing_token,
    holder: stored.holder,
    updateId: stored.update_id,
    expiresAtMs: stored.lease_expires_at_ms,
    sinceMs: stored.since_ms,
    attemptId: stored.attempt_id,
    retired: stored.retired === true,
    partitions: stored.partitions,
    forced: forced && toForced(forced, stored.forced_holder),
  };
}

function toForced(forced: NonNullable<LeaseAttributes['forced']>, holder: string | undefined): ForcedRelease {
  return {
    atMs: forced.at_ms,
    by: forced.by,
    reason: forced.reason,
    holder,
    fencingToken: forced.fencing_token,
  };
}
