import { paginateQuery, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type {
  BotIdentity,
  Deployment,
  StatusStore,
  WebhookObservation,
  WebhookStatus,
} from '../status/status-store.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { readConsistently, type Item } from './conditional-update.ts';
import { keys, type ItemKey } from './keys.ts';

/** Everything the status items hold, each item some of it. */
interface StoredStatus {
  bot_id: number;
  username: string;
  first_name: string;
  desired?: 'on' | 'off';
  expected_url?: string;
  checked_at_ms?: number;
  is_ours?: boolean;
  pending_update_count?: number;
  last_error_message?: string;
  last_error_at_ms?: number;
  answering_version?: string;
  answering_since_ms?: number;
  endpoint_problem?: string;
  parked_updates?: number;
  retaken_at_ms?: number[];
  deployed_version?: string;
  deployed_at_ms?: number;
}

export class DynamoStatusStore implements StatusStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async bot(botId?: string): Promise<BotIdentity | undefined> {
    const known = botId === undefined ? undefined : await this.#read(keys.knownBot(botId));
    if (known !== undefined) return toBot(known);
    // Versions before bots were noted one by one wrote nothing else.
    const owner = await this.#read(keys.bot());
    return owner === undefined || (botId !== undefined && String(owner.bot_id) !== botId)
      ? undefined
      : toBot(owner);
  }

  async bots(): Promise<BotIdentity[]> {
    const { pk, sk } = keys.bot();
    const found = new Map<number, BotIdentity>();
    try {
      const pages = paginateQuery(
        { client: this.#client },
        {
          TableName: this.#tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
          ConsistentRead: true,
        },
      );
      for await (const { Items: items = [] } of pages)
        for (const item of items as StoredStatus[]) found.set(item.bot_id, toBot(item));
    } catch (error) {
      throw toStoreError(error);
    }
    return [...found.values()].sort((one, other) => one.id - other.id);
  }

  async saveBot(bot: BotIdentity, { ownsTable = false }: { ownsTable?: boolean } = {}): Promise<void> {
    const identity = { bot_id: bot.id, username: bot.username, first_name: bot.firstName };
    await this.#set(keys.knownBot(String(bot.id)), identity);
    const isOurs = ownsTable ? {} : { ConditionExpression: 'attribute_not_exists(pk) OR bot_id = :bot_id' };
    await this.#set(keys.bot(), identity, isOurs).catch(unlessConditionFailed);
  }

  async webhook(botId: string): Promise<WebhookStatus | undefined> {
    const stored = await this.#read(keys.webhook(botId));
    return (
      stored && {
        desired: stored.desired ?? 'off',
        expectedUrl: stored.expected_url,
        checkedAtMs: stored.checked_at_ms,
        isOurs: stored.is_ours,
        pendingUpdateCount: stored.pending_update_count,
        lastError: stored.last_error_message,
        lastErrorAtMs: stored.last_error_at_ms,
        answeringVersion: stored.answering_version,
        answeringSinceMs: stored.answering_since_ms,
        endpointProblem: stored.endpoint_problem,
        parkedUpdates: stored.parked_updates,
        retakenAtMs: stored.retaken_at_ms ?? [],
      }
    );
  }

  async desireWebhook(botId: string, wanted: { desired: 'on' | 'off'; expectedUrl?: string }): Promise<void> {
    const { desired, expectedUrl } = wanted;
    await this.#set(keys.webhook(botId), {
      desired,
      ...(expectedUrl !== undefined && { expected_url: expectedUrl }),
    });
  }

  async observeWebhook(botId: string, seen: WebhookObservation): Promise<void> {
    await this.#replace(keys.webhook(botId), {
      checked_at_ms: seen.checkedAtMs,
      is_ours: seen.isOurs,
      pending_update_count: seen.pendingUpdateCount,
      retaken_at_ms: seen.retakenAtMs,
      last_error_message: seen.lastError,
      last_error_at_ms: seen.lastErrorAtMs,
    });
  }

  async observeEndpoint(
    botId: string,
    seen: { version?: string; sinceMs?: number | undefined; problem?: string },
  ): Promise<void> {
    await this.#replace(keys.webhook(botId), {
      answering_version: seen.version,
      answering_since_ms: seen.sinceMs,
      endpoint_problem: seen.problem,
    });
  }

  async observeParked(botId: string, count: number): Promise<void> {
    await this.#set(keys.webhook(botId), { parked_updates: count });
  }

  async lastDeployment(): Promise<Deployment | undefined> {
    const { deployed_version: version, deployed_at_ms: atMs } = (await this.#read(keys.deployment())) ?? {};
    return version === undefined || atMs === undefined ? undefined : { version, atMs };
  }

  async recordDeployment(by: { version: string; requestId: string }, atMs: number): Promise<void> {
    const deployed = { deployed_version: by.version, deployed_at_ms: atMs, request_id: by.requestId };
    const isAnother = { ConditionExpression: 'attribute_not_exists(pk) OR request_id <> :request_id' };
    await this.#set(keys.deployment(), deployed, isAnother).catch(unlessConditionFailed);
  }

  async #read(key: ItemKey): Promise<StoredStatus | undefined> {
    const table = { client: this.#client, tableName: this.#tableName, scope: '' };
    return (await readConsistently(table, key)) as StoredStatus | undefined;
  }

  async #set(
    key: ItemKey,
    attributes: Item,
    condition: { ConditionExpression?: string } = {},
  ): Promise<void> {
    const names = Object.keys(attributes);
    await this.#send(key, {
      ...condition,
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
    });
  }

  /** As `#set`; an attribute that is `undefined` now goes. */
  async #replace(key: ItemKey, attributes: Item): Promise<void> {
    const [kept, gone] = [true, false].map((isKept) =>
      Object.keys(attributes).filter((name) => (attributes[name] !== undefined) === isKept),
    ) as [string[], string[]];
    const parts = [
      ...(kept.length > 0 ? [`SET ${kept.map((name) => `${name} = :${name}`).join(', ')}`] : []),
      ...(gone.length > 0 ? [`REMOVE ${gone.join(', ')}`] : []),
    ];
    await this.#send(key, {
      UpdateExpression: parts.join(' '),
      ...(kept.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(kept.map((name) => [`:${name}`, attributes[name]])),
      }),
    });
  }

  async #send(
    key: ItemKey,
    update: { UpdateExpression: string; ConditionExpression?: string; ExpressionAttributeValues?: Item },
  ): Promise<void> {
    try {
      await this.#client.send(new UpdateCommand({ TableName: this.#tableName, Key: key, ...update }));
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

function unlessConditionFailed(error: unknown): void {
  if (!isConditionFailed(error)) throw error;
}

function toBot({ bot_id: id, username, first_name: firstName }: StoredStatus): BotIdentity {
  return { id, username, firstName };
}
