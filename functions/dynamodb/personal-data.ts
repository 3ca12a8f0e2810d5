import { randomUUID } from 'node:crypto';
import { DeleteCommand, paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Forgotten, NamedData, NamelessData, PersonalData } from '../bot/personal-data.ts';
import { inParallel } from '../lease/in-parallel.ts';
import { isAtWork, type LedgerRecord } from '../lease/ledger-store.ts';
import { scriptIdOf } from '../scripts/store.ts';
import { isFrom } from '../telegram/update-facts.ts';
import { toStoreError } from './client.ts';
import { keys, type ItemKey } from './keys.ts';
import { DynamoLedgerStore } from './ledger-store.ts';
import { hasLanded } from '../lease/lease-store.ts';

/**
 * The people that the items of each kind tell of, so that no kind can be added without saying so. `operator`: ids of
 * administrators, and who released a lease by force.
 */
export const TELLS_OF: Record<keyof typeof keys, NamedData | NamelessData | 'operator' | 'nobody'> = {
  layout: 'nobody',
  lease: 'operator',
  update: 'parked',
  updatePayload: 'parked',
  dead: 'parked',
  atom: 'nobody',
  snapshotChunk: 'nobody',
  snapshot: 'nobody',
  currentVersion: 'nobody',
  script: 'scripts',
  userScript: 'scripts',
  webhook: 'nobody',
  bot: 'nobody',
  knownBot: 'nobody',
  deployment: 'nobody',
  registration: 'operator',
  news: 'nobody',
  weeklyNote: 'nobody',
  importRun: 'nobody',
  rate: 'counts',
  language: 'language',
  query: 'queries',
  feedback: 'votes',
  userVote: 'votes',
  voted: 'voted',
  gap: 'gaps',
};

const PAGE = 100;

export class DynamoPersonalData implements PersonalData {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #botId: string;
  readonly #ledger: DynamoLedgerStore;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string; botId: string }) {
    const { client, tableName, botId } = options;
    this.#client = client;
    this.#tableName = tableName;
    this.#botId = botId;
    this.#ledger = new DynamoLedgerStore({ client, tableName, scope: botId });
  }

  async forget(
    userId: number,
    { nowMs, signal }: { nowMs: number; signal?: AbortSignal },
  ): Promise<Forgotten> {
    const parked = await this.#dropParked(userId, nowMs, signal);
    try {
      const scripts = await this.#forgetListed(keys.userScript(userId, 0, '').pk, signal, (sk) => [
        keys.script(sk.slice(sk.indexOf('#') + 1)),
      ]);
      const votes = await this.#forgetListed(keys.userVote(userId, '').pk, signal, (sk) => [
        keys.feedback(sk.slice(keys.userVote(userId, '').sk.length), userId),
      ]);
      const counts = await this.#forgetListed(keys.rate(this.#botId, userId, 0).pk, signal, () => []);
      const language = await this.#forgetListed(keys.language(this.#botId, userId).pk, signal, () => []);
      return { ...parked, scripts, votes, counts, language };
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /**
   * Deletes all items of a partition, each after what it names: a run that is interrupted in between finds the rest next
   * time.
   */
  async #forgetListed(
    pk: string,
    signal: AbortSignal | undefined,
    namedBy: (sk: string) => ItemKey[],
  ): Promise<number> {
    const pages = paginateQuery(
      { client: this.#client, pageSize: PAGE },
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
        ProjectionExpression: 'sk',
      },
      { abortSignal: signal },
    );
    let deleted = 0;
    for await (const { Items: items = [] } of pages) {
      await inParallel(items, async (item) => {
        const sk = String(item['sk']);
        for (const key of [...namedBy(sk), { pk, sk }]) await this.#delete(key, signal);
      });
      deleted += items.length;
    }
    return deleted;
  }

  async #delete(key: ItemKey, signal: AbortSignal | undefined): Promise<void> {
    const command = new DeleteCommand({ TableName: this.#tableName, Key: key });
    await this.#client.send(command, { abortSignal: signal });
  }

  async #dropParked(
    userId: number,
    nowMs: number,
    signal: AbortSignal | undefined,
  ): Promise<{ parked: number; atWork: number }> {
    const found = { parked: 0, atWork: 0 };
    let afterUpdateId: number | undefined;
    for (;;) {
      const page = await this.#ledger.listDead({
        limit: PAGE,
        ...(afterUpdateId !== undefined && { afterUpdateId }),
      });
      await inParallel(page, async (record) => {
        signal?.throwIfAborted();
        const payload = await this.#ledger.payload(record.updateId);
        if (payload === undefined || !isFrom(payload, userId)) return;
        const isDropped = await this.#drop(record, nowMs);
        found[isDropped ? 'parked' : 'atWork'] += 1;
      });
      afterUpdateId = page.at(-1)?.updateId;
      if (page.length < PAGE) return found;
    }
  }

  async #drop(record: LedgerRecord, nowMs: number): Promise<boolean> {
    const { updateId, attemptId: expectedAttemptId } = record;
    if (isAtWork(record, nowMs)) return false;
    const attemptId = randomUUID();
    const reply = await this.#ledger.drop({ updateId, expectedAttemptId, attemptId, nowMs });
    if (!hasLanded(reply, attemptId)) return false;
    // It may have been parked between saving its script and listing it.
    await this.#delete(keys.script(scriptIdOf(this.#botId, updateId)), undefined);
    return true;
  }
}
