import { gunzipSync, gzipSync } from 'node:zlib';
import type { IncomingUpdate } from '../lease/update.ts';
import {
  allOf,
  conditionalUpdate,
  isFromBefore,
  isNotOvertaken,
  putUnlessOvertaken,
  readConsistently,
  type Item,
  type TableOptions,
} from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE, type ItemKey } from './keys.ts';

/** An item may hold 400 KB, and the outcome beside the payload needs some of them. */
const CHUNK_BYTES = 300 * 1024;

/** The payloads of parked updates: inside the ledger item, or in items beside it where one would not do. */
export class PayloadStore {
  readonly #table: TableOptions;

  constructor(table: TableOptions) {
    this.#table = table;
  }

  /**
   * @param options.fencingToken the token of the claim that ends with the update parked
   * @returns the attribute of the ledger item that says where it is
   * @throws StoreUnavailableError
   */
  async write(
    updateId: number,
    payload: IncomingUpdate,
    { fencingToken, ttlSeconds }: { fencingToken: number; ttlSeconds: number },
  ): Promise<{ attribute: 'payload'; value: Uint8Array } | { attribute: 'payload_chunks'; value: number }> {
    const bytes = gzipSync(serialised(payload));
    if (bytes.length <= CHUNK_BYTES) return { attribute: 'payload', value: bytes };
    const count = Math.ceil(bytes.length / CHUNK_BYTES);
    for (let chunk = 0; chunk < count; chunk += 1) {
      const part = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      const key = keys.updatePayload(this.#table.scope, updateId, chunk);
      const item = { ...key, bytes: part, fencing_token: fencingToken, [TTL_ATTRIBUTE]: ttlSeconds };
      await putUnlessOvertaken(this.#table, item);
    }
    return { attribute: 'payload_chunks', value: count };
  }

  /** @param item the ledger item. @throws StoreUnavailableError */
  async read(updateId: number, item: Item): Promise<IncomingUpdate | undefined> {
    if (item['payload'] instanceof Uint8Array) return unpack(item['payload']);
    const chunks: Uint8Array[] = [];
    for (const key of this.#chunkKeys(updateId, item)) {
      const part = await readConsistently(this.#table, key);
      if (!(part?.['bytes'] instanceof Uint8Array)) return undefined;
      chunks.push(part['bytes']);
    }
    return chunks.length === 0 ? undefined : unpack(Buffer.concat(chunks));
  }

  /**
   * Keeps what lies beside the ledger item for longer.
   * @throws StoreUnavailableError
   */
  async keep(updateId: number, item: Item, ttlSeconds: number): Promise<void> {
    for (const key of this.#chunkKeys(updateId, item)) {
      await conditionalUpdate(this.#table, key, {
        UpdateExpression: `SET ${TTL_ATTRIBUTE} = :ttl, fencing_token = :token`,
        ConditionExpression: allOf('attribute_exists(pk)', isNotOvertaken),
        ExpressionAttributeValues: { ':ttl': ttlSeconds, ':token': item['fencing_token'] },
      });
    }
  }

  /**
   * Empties what lies beside the ledger item, whose own part its caller has removed, and leaves it to TTL: nobody
   * who settles updates may delete in the ledger.
   * @throws StoreUnavailableError
   */
  async empty(updateId: number, item: Item, nowSeconds: number): Promise<void> {
    for (const key of this.#chunkKeys(updateId, item)) {
      await conditionalUpdate(this.#table, key, {
        UpdateExpression: `SET ${TTL_ATTRIBUTE} = :now REMOVE #bytes`,
        ConditionExpression: isFromBefore,
        ExpressionAttributeNames: { '#bytes': 'bytes' },
        ExpressionAttributeValues: { ':now': nowSeconds, ':token': item['fencing_token'] },
      });
    }
  }

  #chunkKeys(updateId: number, item: Item): ItemKey[] {
    const count = Number(item['payload_chunks'] ?? 0);
    return Array.from({ length: count }, (_, chunk) =>
      keys.updatePayload(this.#table.scope, updateId, chunk),
    );
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
