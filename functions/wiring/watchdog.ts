import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { readParameters } from '../aws/ssm-parameters.ts';
import { AdminNotes } from '../bot/admin-notes.ts';
import { KnowledgeNews } from '../bot/knowledge-news.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import type { TableOptions } from '../dynamodb/conditional-update.ts';
import { DynamoLeaseStore } from '../dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../dynamodb/ledger-store.ts';
import type { Pointer } from '../knowledge/store.ts';
import { LayoutReader } from '../lease/layout-reader.ts';
import { SecretsReader } from '../settings/secrets.ts';
import { MANY_PARKED } from '../status/check.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { FIRST_CALL_AGAIN } from '../telegram/deployment-patience.ts';
import { retryUnanswered } from '../telegram/retry-unanswered.ts';
import { answeringSince, askEndpoint } from '../deployment/endpoint-watch.ts';
import { runRound, type HealthAnswer } from '../deployment/watchdog-round.ts';
import { watchWebhook, type Sighting } from '../deployment/webhook-watch.ts';
import type { WeeklyNote } from '../bot/weekly-note.ts';
import { weeklyNoteOver } from './weekly-note.ts';
import { serviceNameOf } from './service-name.ts';
import { knowledgeStoreOf, languageStoreOf, newsStoreOf, statusStoreOf } from './stores.ts';

export const HEALTH_TIMEOUT_MS = 10_000;

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
  const table = { client: createDocumentClient({ budget: CALL_BUDGETS.watchdog }), tableName };
  const secrets = new SecretsReader({ telegram, readParameters, nowMs: Date.now });
  const status = statusStoreOf(table);
  const knowledge = knowledgeStoreOf(table);

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
  const askEndpointNow = async (): Promise<string | undefined> => {
    const { botId, webhookSecret } = await secrets.read();
    const wish = await status.webhook(botId);
    if (wish?.desired !== 'on' || wish.expectedUrl === undefined) return undefined;
    const seen = await askEndpoint({ url: wish.expectedUrl, secretToken: webhookSecret, nowMs: Date.now });
    if (seen === undefined) return undefined;
    await status.observeEndpoint(botId, { ...seen, sinceMs: answeringSince(seen, wish, Date.now()) });
    return seen.problem;
  };
  const readPointer = (): Promise<Pointer | undefined> => knowledge.readPointer({ consistent: false });
  const { tellNews, tellWeek } = tellersOver({ ...table, settings, secrets, readPointer });
  const round = async (): Promise<void> => {
    try {
      await runRound({
        watch,
        askEndpoint: askEndpointNow,
        askHealth: () => askHealth(healthUrl),
        countParked: async () => {
          const { botId } = await secrets.read();
          const ledger = new DynamoLedgerStore({ ...table, scope: botId });
          const limits = { limit: MANY_PARKED, maxRead: MAX_READ_ENTRIES };
          const { length } = await ledger.listDead(limits);
          await status.observeParked(botId, length);
          return length;
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

/** The notes to administrators about the knowledge base. */
function tellersOver(
  options: Omit<TableOptions, 'scope'> & {
    settings: Settings;
    secrets: SecretsReader;
    readPointer: () => Promise<Pointer | undefined>;
  },
): { tellNews: () => Promise<void>; tellWeek: () => Promise<void> } {
  const { settings, secrets, readPointer, ...table } = options;
  const { apiRoot } = settings.telegram;
  let weekly: WeeklyNote | undefined;
  return {
    tellNews: async () => {
      const { token, botId } = await secrets.read();
      const store = newsStoreOf({ ...table, botId });
      const languages = languageStoreOf({ ...table, botId });
      const admins = new AdminNotes({ telegram: { token, apiRoot }, settings, languages });
      await new KnowledgeNews({ readPointer, store, admins }).look();
    },
    tellWeek: async () => {
      const { token, botId } = await secrets.read();
      const telegram = { token, apiRoot };
      weekly ??= weeklyNoteOver({ ...table, scope: botId, settings, telegram, readPointer });
      await weekly.look();
    },
  };
}

/** The reasons of a health that says how it is, whether well or degraded. */
async function askHealth(url: string): Promise<HealthAnswer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    const text = await response.text();
    if (response.status === 429) return { kind: 'unknown', why: 'health-throttled' };
    const { reasons } = JSON.parse(text) as { reasons?: unknown };
    if (Array.isArray(reasons)) return { kind: 'told', reasons: reasons.map(String) };
  } catch {
    // No answer, or not the function's.
  }
  return { kind: 'unknown', why: 'health-silent' };
}
