import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Script } from '../scripts/script.ts';
import type { SaveOptions, ScriptStore, ScriptSummary } from '../scripts/store.ts';
import { toStoreError } from './client.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

export interface DynamoScriptStoreOptions {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** Wall clock, in milliseconds. */
  now: () => number;
}

/** The stored form of a script; its time stands beside it, since the first save decides it. */
interface ScriptItem {
  script: Omit<Script, 'createdAtMs'>;
  created_at_ms: number;
}

/** Scripts in the table: the script itself, and a line of the list of its user. */
export class DynamoScriptStore implements ScriptStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #now: () => number;

  constructor({ client, tableName, now }: DynamoScriptStoreOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  async save({ createdAtMs, ...script }: Script, { ttlMs, signal }: SaveOptions = {}): Promise<void> {
    const expiry = ttlMs === undefined ? undefined : Math.ceil((this.#now() + ttlMs) / 1000);
    const { Attributes } = await this.#ask(
      this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: keys.script(script.id),
          // A repeat of the update comes with another time, and the list is sorted by it: the first one stays.
          UpdateExpression:
            `SET script = :script, created_at_ms = if_not_exists(created_at_ms, :created)` +
            (expiry === undefined ? ` REMOVE ${TTL_ATTRIBUTE}` : `, ${TTL_ATTRIBUTE} = :expiry`),
          ExpressionAttributeValues: {
            ':script': script,
            ':created': createdAtMs,
            ...(expiry !== undefined && { ':expiry': expiry }),
          },
          ReturnValues: 'ALL_NEW',
        }),
        { abortSignal: signal },
      ),
    );
    if (script.userId === undefined) return;
    const { created_at_ms: firstCreatedAtMs } = Attributes as ScriptItem;
    const { id, topic, title, durationSeconds } = script;
    const summary: ScriptSummary = { id, topic, title, durationSeconds, createdAtMs: firstCreatedAtMs };
    // Last, so that a list never names a script that is not there.
    await this.#ask(
      this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: {
            ...keys.userScript(script.userId, firstCreatedAtMs, id),
            summary,
            ...(expiry !== undefined && { [TTL_ATTRIBUTE]: expiry }),
          },
        }),
        { abortSignal: signal },
      ),
    );
  }

  async get(id: string): Promise<Script | undefined> {
    const { Item } = await this.#ask(
      this.#client.send(
        new GetCommand({ TableName: this.#tableName, Key: keys.script(id), ConsistentRead: true }),
      ),
    );
    if (Item === undefined || this.#isExpired(Item)) return undefined;
    const { script, created_at_ms: createdAtMs } = Item as ScriptItem;
    return { ...script, createdAtMs };
  }

  async listByUser(userId: number, { limit }: { limit: number }): Promise<ScriptSummary[]> {
    const summaries: ScriptSummary[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#ask(
        this.#client.send(
          new QueryCommand({
            TableName: this.#tableName,
            KeyConditionExpression: 'pk = :user',
            ExpressionAttributeValues: { ':user': keys.userScript(userId, 0, '').pk },
            ScanIndexForward: false,
            ConsistentRead: true,
            Limit: limit,
            ExclusiveStartKey: from,
          }),
        ),
      );
      for (const item of Items) if (!this.#isExpired(item)) summaries.push(item['summary'] as ScriptSummary);
      from = LastEvaluatedKey;
    } while (from !== undefined && summaries.length < limit);
    return summaries.slice(0, limit);
  }

  #isExpired(item: Record<string, unknown>): boolean {
    const expiry = item[TTL_ATTRIBUTE];
    return typeof expiry === 'number' && expiry * 1000 <= this.#now();
  }

  async #ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
