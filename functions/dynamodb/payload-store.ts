import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { IncomingUpdate } from '../lease/update.ts';
import { toStoreError } from './client.ts';
import type { Item, TableOptions } from './conditional-update.ts';
import { readConsistently } from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE, type ItemKey } from './keys.ts';

/** An item may hold 400 KB, and the outcome beside the payload needs some of them. */
const CHUNK_BYTES = 300 * 1024;

/** The payloads of dead updates: inside the ledger item, or in items beside it where one would not do. */
export class PayloadStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  /**
   * @returns what the ledger item has to say of it
   * @throws StoreUnavailableError
   */
  async write(
    updateId: number,
    payload: IncomingUpdate,
    ttlSeconds: number,
  ): Promise<{ attribute: 'payload'; value: Uint8Array } | { attribute: 'payload_chunks'; value: number }> {
    const bytes = gzipSync(serialised(payload));
    if (bytes.length <= CHUNK_BYTES) return { attribute: 'payload', value: bytes };
    const count = Math.ceil(bytes.length / CHUNK_BYTES);
    for (let chunk = 0; chunk < count; chunk += 1) {
      const part = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      await this.#put(keys.updatePayload(this.#table.scope, updateId, chunk), {
        bytes: part,
        [TTL_ATTRIBUTE]: ttlSeconds,
      });
    }
    return { attribute: 'payload_chunks', value: count };
  }

  /** @throws StoreUnavailableError */
  async read(updateId: number): Promise<IncomingUpdate | undefined> {
    const { scope } = this.#table;
    const item = await readConsistently(this.#table, keys.update(scope, updateId));
    if (item?.['payload'] instanceof Uint8Array) return unpack(item['payload']);
    const count = Number(item?.['payload_chunks'] ?? 0);
    if (count === 0) return undefined;
    const chunks: Uint8Array[] = [];
    for (let chunk = 0; chunk < count; chunk += 1) {
      const part = await readConsistently(this.#table, keys.updatePayload(scope, updateId, chunk));
      if (!(part?.['bytes'] instanceof Uint8Array)) return undefined;
      chunks.push(part['bytes']);
    }
    return unpack(Buffer.concat(chunks));
  }

  /**
   * Deletes what lies beside the ledger item, whose own part its caller has removed.
   * @param item the ledger item as it was
   * @throws StoreUnavailableError
   */
  async forget(updateId: number, item: Item | undefined): Promise<void> {
    const count = Number(item?.['payload_chunks'] ?? 0);
    for (let chunk = 0; chunk < count; chunk += 1) {
      await this.#delete(keys.updatePayload(this.#table.scope, updateId, chunk));
    }
  }

  async #put(key: ItemKey, attributes: Item): Promise<void> {
    const { client, tableName } = this.#table;
    try {
      await client.send(new PutCommand({ TableName: tableName, Item: { ...key, ...attributes } }));
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #delete(key: ItemKey): Promise<void> {
    const { client, tableName } = this.#table;
    try {
      await client.send(new DeleteCommand({ TableName: tableName, Key: key }));
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

/** No update of Telegram's is nested as deep. */
const MAX_DEPTH = 100;

/** JSON of any update: of one that is nested deeper than the stack can follow, what lies below is left out. */
function serialised(payload: IncomingUpdate): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(cutBelow(payload, MAX_DEPTH));
  }
}

function cutBelow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((entry) => cutBelow(entry, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, cutBelow(entry, levels - 1)]),
  );
}

function unpack(bytes: Uint8Array): IncomingUpdate {
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as IncomingUpdate;
}
