import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteCommand, ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../dynamodb/client.ts';
import { TTL_ATTRIBUTE } from '../../dynamodb/keys.ts';

const EVERY_MS = 60_000;

/** So much is looked at each time, which costs nobody more than a moment. */
const PAGE = 200;

/** A clock that is ahead for a while must not delete what still counts. */
const GRACE_MS = 600_000;

type Key = Record<string, unknown>;

/** Deletes what has expired, a page at a time, as DynamoDB's time to live does where there is one. */
export class ExpirySweep {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #mayRun: () => boolean;
  readonly #stopping = new AbortController();
  #from: Key | undefined;
  #running: Promise<void> | undefined;

  /** @param options.mayRun whether this process may sweep: one is enough among all on one store */
  constructor(options: { client: DynamoDBDocumentClient; tableName: string; mayRun: () => boolean }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#mayRun = options.mayRun;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Resolves when nothing is looked at any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One page. @returns how many items were deleted */
  async sweep(nowMs: number): Promise<number> {
    const before = Math.floor((nowMs - GRACE_MS) / 1000);
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new ScanCommand({
        TableName: this.#tableName,
        Limit: PAGE,
        ExclusiveStartKey: this.#from,
        ProjectionExpression: 'pk, sk, #ttl',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      }),
    );
    let deleted = 0;
    for (const { pk, sk, [TTL_ATTRIBUTE]: ttl } of Items) {
      if (typeof ttl === 'number' && ttl < before && (await this.#delete({ pk, sk }, before))) deleted += 1;
    }
    this.#from = LastEvaluatedKey;
    return deleted;
  }

  /** Unless it was written again meanwhile, with another end or none. */
  async #delete(key: Key, before: number): Promise<boolean> {
    try {
      await this.#client.send(
        new DeleteCommand({
          TableName: this.#tableName,
          Key: key,
          ConditionExpression: '#ttl < :before',
          ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: { ':before': before },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted || !this.#mayRun()) continue;
      // Where the store does not answer, the next time will do.
      await this.sweep(Date.now()).catch(() => {});
    }
  }
}
