import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { BATCH_ROUNDS } from '../aws/call-budgets.ts';
import type { Atom } from '../knowledge/atom.ts';
import type { AtomRef, KnowledgeStore, Pointer, StoredAtom } from '../knowledge/store.ts';
import { untilProcessed } from './backoff.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { type ItemKey, keys } from './keys.ts';
import { atomKey, type Item, toItem, toRef, toStoredAtom } from './knowledge-items.ts';
import { scanShards } from './shard-scan.ts';

type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];
type Requests = NonNullable<BatchWriteCommandInput['RequestItems']>;
type Gets = NonNullable<BatchGetCommandInput['RequestItems']>;

/** Limits of BatchWriteItem and BatchGetItem; the bytes are ours, so that one request stays within its timeout. */
const MAX_WRITES = 25;
const MAX_WRITE_BYTES = 1_000_000;
const MAX_GETS = 100;
const PARALLEL_CHUNK_READS = 8;

/** A reader has an update to answer; an importer has time, and DynamoDB needs some to grow with it. */

export interface DynamoKnowledgeStoreOptions {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** How to wait before a batch is sent again. */
  pause?: (delayMs: number) => Promise<unknown>;
}

/** The knowledge base in the one table; its items are described in ./README.md. */
export class DynamoKnowledgeStore implements KnowledgeStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #pause: (delayMs: number) => Promise<unknown>;

  constructor({ client, tableName, pause = sleep }: DynamoKnowledgeStoreOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#pause = pause;
  }

  async readPointer({ consistent }: { consistent: boolean }): Promise<Pointer | undefined> {
    const item = await this.#get(keys.currentVersion(), consistent);
    return item?.pointer as Pointer | undefined;
  }

  async movePointer(next: Pointer, expectedVersion: string | undefined): Promise<boolean> {
    const condition =
      expectedVersion === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'live_version = :expected',
            ExpressionAttributeValues: { ':expected': expectedVersion },
          };
    const Item = { ...keys.currentVersion(), live_version: next.current.version, pointer: next };
    try {
      await this.#client.send(new PutCommand({ TableName: this.#tableName, Item, ...condition }));
      return true;
    } catch (error) {
      // A write whose answer was lost may have landed, and its repetition then meets its own effect.
      const isLive = (await this.readPointer({ consistent: true }))?.current.version === next.current.version;
      if (isLive) return true;
      if (isConditionFailed(error)) return false;
      throw toStoreError(error);
    }
  }

  async writeAtoms(items: readonly StoredAtom[]): Promise<void> {
    await this.#write(items.map((item) => ({ PutRequest: { Item: toItem(item) } })));
  }

  async readAtoms(refs: readonly AtomRef[]): Promise<(Atom | undefined)[]> {
    const found = new Map<string, Atom>();
    const wanted = new Map(refs.map((ref) => [nameOf(ref), ref]));
    // Items never change, so what a replica has is right; only one just written may not be there yet.
    for (const consistent of [false, true]) {
      const missing = [...wanted].filter(([name]) => !found.has(name)).map(([, ref]) => atomKey(ref));
      for (const some of slices(missing, MAX_GETS)) {
        for (const item of await this.#getBatch(some, consistent)) {
          const { atom, ...ref } = toStoredAtom(item);
          found.set(nameOf(ref), atom);
        }
      }
    }
    return refs.map((ref) => found.get(nameOf(ref)));
  }

  async *scanAtoms(): AsyncGenerator<StoredAtom> {
    for await (const item of scanShards({ client: this.#client, tableName: this.#tableName })) {
      yield toStoredAtom(item);
    }
  }

  async *scanRefs(): AsyncGenerator<AtomRef> {
    const attributes = ['atom_id', 'item_version'];
    for await (const item of scanShards({ client: this.#client, tableName: this.#tableName, attributes })) {
      yield toRef(item);
    }
  }

  async deleteAtoms(refs: readonly AtomRef[]): Promise<void> {
    await this.#write(refs.map((ref) => ({ DeleteRequest: { Key: atomKey(ref) } })));
  }

  async writeSnapshot(
    version: string,
    chunks: readonly Uint8Array[],
    onChunk?: (done: number) => void,
  ): Promise<void> {
    const entry = { ...keys.snapshot(version), snapshot_version: version, chunks: chunks.length };
    await this.#put(entry);
    for (const [number, bytes] of chunks.entries()) {
      await this.#put({ ...keys.snapshotChunk(version, number), bytes });
      onChunk?.(number + 1);
    }
  }

  async readSnapshot(version: string, from: number, count: number): Promise<(Uint8Array | undefined)[]> {
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    const chunks: (Uint8Array | undefined)[] = [];
    for (const some of slices(numbers, PARALLEL_CHUNK_READS)) {
      chunks.push(...(await Promise.all(some.map((number) => this.#readChunk(version, number)))));
    }
    return chunks;
  }

  /** It never changes, so what a replica has is right, at half the price; only one just written may not be there yet. */
  async #readChunk(version: string, number: number): Promise<Uint8Array | undefined> {
    const key = keys.snapshotChunk(version, number);
    const item = (await this.#get(key, false)) ?? (await this.#get(key, true));
    return item?.bytes instanceof Uint8Array ? item.bytes : undefined;
  }

  async listSnapshots(): Promise<{ version: string; chunks: number }[]> {
    const found: { version: string; chunks: number }[] = [];
    let start: Item | undefined;
    do {
      const page = await this.#ask(
        this.#client.send(
          new QueryCommand({
            TableName: this.#tableName,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :snapshot)',
            ExpressionAttributeValues: { ':pk': keys.snapshot('').pk, ':snapshot': keys.snapshot('').sk },
            ...(start !== undefined && { ExclusiveStartKey: start }),
          }),
        ),
      );
      for (const item of page.Items ?? []) {
        found.push({ version: item.snapshot_version as string, chunks: item.chunks as number });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return found;
  }

  async deleteSnapshot({ version, chunks }: { version: string; chunks: number }): Promise<void> {
    const chunkKeys = Array.from({ length: chunks }, (_, number) => keys.snapshotChunk(version, number));
    await this.#write(chunkKeys.map((Key) => ({ DeleteRequest: { Key } })));
    // Last, so that a deletion cut short is found and ended by the next one.
    await this.#write([{ DeleteRequest: { Key: keys.snapshot(version) } }]);
  }

  async #get(Key: ItemKey, ConsistentRead: boolean): Promise<Item | undefined> {
    const get = new GetCommand({ TableName: this.#tableName, Key, ConsistentRead });
    return (await this.#ask(this.#client.send(get))).Item;
  }

  async #put(item: Item): Promise<void> {
    await this.#ask(this.#client.send(new PutCommand({ TableName: this.#tableName, Item: item })));
  }

  async #getBatch(Keys: ItemKey[], ConsistentRead: boolean): Promise<Item[]> {
    const items: Item[] = [];
    const send = async (RequestItems: Gets): Promise<Gets | undefined> => {
      const answer = await this.#ask(this.#client.send(new BatchGetCommand({ RequestItems })));
      items.push(...(answer.Responses?.[this.#tableName] ?? []));
      return isEmpty(answer.UnprocessedKeys) ? undefined : answer.UnprocessedKeys;
    };
    const how = { rounds: BATCH_ROUNDS.read, pause: this.#pause };
    await untilProcessed({ [this.#tableName]: { Keys, ConsistentRead } }, send, how);
    return items;
  }

  async #write(requests: WriteRequest[]): Promise<void> {
    const send = async (RequestItems: Requests): Promise<Requests | undefined> => {
      const answer = await this.#ask(this.#client.send(new BatchWriteCommand({ RequestItems })));
      return isEmpty(answer.UnprocessedItems) ? undefined : answer.UnprocessedItems;
    };
    const how = { rounds: BATCH_ROUNDS.write, pause: this.#pause };
    for (const batch of batches(requests)) await untilProcessed({ [this.#tableName]: batch }, send, how);
  }

  async #ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

function nameOf({ id, version }: AtomRef): string {
  return `${id}\n${version}`;
}

function isEmpty(unprocessed: object | undefined): unprocessed is undefined {
  return unprocessed === undefined || Object.keys(unprocessed).length === 0;
}

function* slices<Entry>(entries: readonly Entry[], size: number): Generator<Entry[]> {
  for (let start = 0; start < entries.length; start += size) yield entries.slice(start, start + size);
}

function* batches(requests: readonly WriteRequest[]): Generator<WriteRequest[]> {
  let batch: WriteRequest[] = [];
  let bytes = 0;
  for (const request of requests) {
    const size = Buffer.byteLength(JSON.stringify(request), 'utf8');
    if (batch.length === MAX_WRITES || (batch.length > 0 && bytes + size > MAX_WRITE_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(request);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
