import { readParameters } from '../aws/ssm-parameters.ts';
import { AdminNotes } from '../bot/admin-notes.ts';
import { KnowledgeNews } from '../bot/knowledge-news.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { DynamoKnowledgeStore } from '../dynamodb/knowledge-store.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../dynamodb/ledger-store.ts';
import { DynamoNewsStore } from '../dynamodb/news-store.ts';
import { DynamoStatusStore } from '../dynamodb/status-store.ts';
import type { Pointer } from '../knowledge/store.ts';
import { LayoutReader } from '../lease/layout-reader.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { readSettings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { retryUnanswered } from '../telegram/retry-unanswered.ts';
import { goRound } from '../deployment/watchdog-round.ts';
import { watchWebhook, type Sighting } from '../deployment/webhook-watch.ts';
import type { WeeklyNote } from '../bot/weekly-note.ts';
import { weeklyNoteOver } from './weekly-note.ts';
import { serviceNameOf } from './service-name.ts';

const HEALTH_TIMEOUT_MS = 10_000;

/**
 * The first call of a round finds the connection of the round before, which may have died in the minute between. Once
 * more is enough for that; what sets or deletes the webhook is left to the next round.
 */
const FIRST_CALL_AGAIN = { retries: 1, pauseMs: 200, methods: ['getWebhookInfo'] };

/** This many parked updates are enough to be alarmed by. */
const MAX_COUNTED_PARKED = 100;

/**
 * Each entry of their list costs one read, and goes when its update is done or dropped; so many read in vain mean
 * that something keeps them from going.
 */
const MAX_READ_ENTRIES = 1_000;

/** Everything behind the watchdog function, made once per execution environment. */
export function watchdogFunction(env: NodeJS.ProcessEnv): { round: () => Promise<void> } {
  const settings = readSettings(env, ['TABLE_NAME', 'HEALTH_URL']);
  const { tableName, telegram, logLevel, healthUrl = '' } = settings;
  const telemetry = new Telemetry({ logLevel, serviceName: serviceNameOf(env) });
  const table = { client: createDocumentClient(), tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  const status = new DynamoStatusStore(table);
  const knowledge = new DynamoKnowledgeStore(table);

  const watch = async (): Promise<Sighting> => {
    const { token, botId, webhookSecret } = await secrets.read();
    const layout = new LayoutReader(new DynamoLeaseStore({ ...table, scope: botId }));
    const api = telegramApi({ token, apiRoot: telegram.apiRoot });
    api.config.use(retryUnanswered(FIRST_CALL_AGAIN));
    return watchWebhook({
      api,
      botId,
      webhookSecret,
      status,
      partitions: async () => (await layout.current()).partitions,
      nowMs: Date.now,
    });
  };
  const readPointer = (): Promise<Pointer | undefined> => knowledge.readPointer({ consistent: false });
  const tellNews = async (): Promise<void> => {
    const { token, botId } = await secrets.read();
    const admins = new AdminNotes({ telegram: { token, apiRoot: telegram.apiRoot }, settings });
    await new KnowledgeNews({
      readPointer,
      store: new DynamoNewsStore({ ...table, scope: botId }),
      admins,
    }).look();
  };
  let weekly: WeeklyNote | undefined;
  const tellWeek = async (): Promise<void> => {
    const { token, botId } = await secrets.read();
    weekly ??= weeklyNoteOver({
      ...table,
      scope: botId,
      settings,
      telegram: { token, apiRoot: telegram.apiRoot },
      readPointer,
    });
    await weekly.look();
  };
  const round = async (): Promise<void> => {
    try {
      await goRound({
        watch,
        isHealthy: () => isHealthy(healthUrl),
        countParked: async () => {
          const bot = await status.bot();
          if (bot === undefined) return 0;
          const ledger = new DynamoLedgerStore({ ...table, scope: String(bot.id) });
          const limits = { limit: MAX_COUNTED_PARKED, maxRead: MAX_READ_ENTRIES };
          return (await ledger.listDead(limits)).length;
        },
        knowledge: async () => (await readPointer())?.current,
        tellNews,
        tellWeek,
        measure: (name, value) => telemetry.count(name, value),
        log: (message, details) => telemetry.logger.warn(message, details),
        nowMs: Date.now,
      });
    } finally {
      telemetry.flush();
    }
  };
  return { round };
}

/** Whether the URL answers 200; `undefined` when API Gateway throttled the look, so that nobody can tell. */
export async function isHealthy(url: string): Promise<boolean | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 429 ? undefined : response.status === 200;
  } catch {
    return false;
  }
}
