import { setImmediate as loopTurn } from 'node:timers/promises';
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ATOM_SHARDS, keys } from './keys.ts';
import type { Item } from './knowledge-items.ts';
import { toStoreError } from './client.ts';

/** Items of a page. Pages of 1 MB, sixteen at once, keep an embedded store busy for longer than a request may take. */
const PAGE_ITEMS = 64;

export interface ShardScanOptions {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** Which attributes to read besides the keys; all where absent. */
  attributes?: readonly string[];
}

/**
 * Every atom item of the table, as parallel Queries, one per shard, each a page ahead. They are merged by sort key, so
 * that the order does not depend on the sizes of pages, which differ between DynamoDB and its emulators.
 * @throws StoreUnavailableError
 */
export async function* scanShards(options: ShardScanOptions): AsyncGenerator<Item> {
  const shards = Array.from({ length: ATOM_SHARDS }, (_, shard) => new ShardReader(options, shard));
  await Promise.all(shards.map((shard) => shard.fill()));
  for (;;) {
    const next = smallest(shards);
    if (next === undefined) return;
    yield next.take();
    if (next.head === undefined) await next.fill();
    // A reader that works at each item for long would keep the answers that have come unread until they are too late.
    await loopTurn();
  }
}

function smallest(shards: readonly ShardReader[]): ShardReader | undefined {
  let found: ShardReader | undefined;
  for (const shard of shards) {
    if (shard.head !== undefined && (found === undefined || shard.headKey < found.headKey)) found = shard;
  }
  return found;
}

type Page = { kind: 'page'; items: Item[]; next: Item | undefined } | { kind: 'failed'; error: unknown };

class ShardReader {
  readonly #options: ShardScanOptions;
  readonly #pk: string;
  #items: Item[] = [];
  #at = 0;
  #ahead: Promise<Page> | undefined;

  constructor(options: ShardScanOptions, shard: number) {
    this.#options = options;
    this.#pk = keys.atom(shard, '', '').pk;
    this.#ahead = this.#read(undefined);
  }

  get head(): Item | undefined {
    return this.#items[this.#at];
  }

  get headKey(): string {
    return this.head!.sk as string;
  }

  take(): Item {
    return this.#items[this.#at++]!;
  }

  /** Gets the next page that has items, and asks for the one after it. */
  async fill(): Promise<void> {
    while (this.head === undefined && this.#ahead !== undefined) {
      const page = await this.#ahead;
      if (page.kind === 'failed') throw toStoreError(page.error);
      this.#items = page.items;
      this.#at = 0;
      this.#ahead = page.next === undefined ? undefined : this.#read(page.next);
    }
  }

  /** Never rejects: it runs ahead, and its reader may have stopped for another reason. */
  async #read(start: Item | undefined): Promise<Page> {
    const { client, tableName, attributes } = this.#options;
    try {
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          ConsistentRead: true,
          Limit: PAGE_ITEMS,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :atom)',
          ExpressionAttributeValues: { ':pk': this.#pk, ':atom': 'ATOM#' },
          ...(start !== undefined && { ExclusiveStartKey: start }),
          ...(attributes !== undefined && { ProjectionExpression: ['sk', ...attributes].join(', ') }),
        }),
      );
      return { kind: 'page', items: Items ?? [], next: LastEvaluatedKey };
    } catch (error) {
      return { kind: 'failed', error };
    }
  }
}
