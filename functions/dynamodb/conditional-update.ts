import {
  GetCommand,
  PutCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type GetCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Conditional } from '../lease/lease-store.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { TTL_ATTRIBUTE, type ItemKey } from './keys.ts';

export type Item = Record<string, unknown>;

export interface TableOptions {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** The bot id, or `<bot id>#synthetic` for a deployment's own probe: it keeps a lease and a ledger of its own. */
  scope: string;
}

export type Update = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * One conditional UpdateItem. Refused, it tells what stands in its way: from the answer itself where the store
 * returns the item, by a consistent read where it does not (dynalite), or where there is no item.
 * @throws StoreUnavailableError
 */
export async function conditionalUpdate(
  table: TableOptions,
  key: ItemKey,
  update: Update,
): Promise<Conditional<Item>> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: key,
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ...update,
      }),
    );
    return { kind: 'applied', before: Attributes && hasContent(Attributes) ? Attributes : undefined };
  } catch (error) {
    return { kind: 'refused', item: await foundInstead(table, key, error) };
  }
}

/**
 * The item that is there instead of the one that a condition asked for.
 * @param error the write's error; it is thrown where it is no failed condition
 * @throws StoreUnavailableError
 */
export async function foundInstead(
  table: TableOptions,
  key: ItemKey,
  error: unknown,
): Promise<Item | undefined> {
  if (!isConditionFailed(error)) throw toStoreError(error);
  const { Item: item } = error as { Item?: Parameters<typeof unmarshall>[0] };
  return item ? unmarshall(item) : readConsistently(table, key);
}

/** Some stores return the key alone of an item that was not there before; every item of ours holds more. */
function hasContent(item: Item): boolean {
  return Object.keys(item).some((name) => name !== 'pk' && name !== 'sk');
}

/**
 * @param only the attributes to read, and the names that their placeholders stand for; the whole item otherwise
 * @throws StoreUnavailableError
 */
export async function readConsistently(
  table: TableOptions,
  key: ItemKey,
  only: Pick<GetCommandInput, 'ProjectionExpression' | 'ExpressionAttributeNames'> = {},
): Promise<Item | undefined> {
  try {
    const { Item: item } = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: key, ConsistentRead: true, ...only }),
    );
    return item;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** Parts of a condition, joined. */
export const allOf = (...parts: string[]): string => parts.map((part) => `(${part})`).join(' AND ');
export const anyOf = (...parts: string[]): string => parts.map((part) => `(${part})`).join(' OR ');

/** False where the item already carries this very request, so that a late copy of it changes nothing. */
export const notAlreadyMine = 'attribute_not_exists(attempt_id) OR attempt_id <> :attempt';

/**
 * The item beside a ledger item was written under its token or an earlier one; one with a later token is another
 * update's.
 */
export const isFromBefore = 'fencing_token <= :token';

/** True unless a later token, or a later replay under the same token, has written already. */
export const isNotOvertaken = `attribute_not_exists(pk) OR fencing_token < :token OR ${TTL_ATTRIBUTE} <= :ttl`;

/** Writes a whole item that lies beside a ledger item; one that has been overtaken stays. @throws StoreUnavailableError */
export async function putUnlessOvertaken({ client, tableName }: TableOptions, item: Item): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: isNotOvertaken,
        ExpressionAttributeValues: { ':token': item['fencing_token'], ':ttl': item[TTL_ATTRIBUTE] },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw toStoreError(error);
  }
}

export function map<T>(reply: Conditional<Item>, parse: (item: Item) => T): Conditional<T> {
  return reply.kind === 'applied'
    ? { kind: 'applied', before: reply.before && parse(reply.before) }
    : { kind: 'refused', item: reply.item && parse(reply.item) };
}
