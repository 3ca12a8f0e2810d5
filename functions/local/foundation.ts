import { resolve } from 'node:path';
import { AdminNotes } from '../bot/admin-notes.ts';
import { Announcer } from '../bot/announcer.ts';
import { KnowledgeNews } from '../bot/knowledge-news.ts';
import { InProcessUploads } from '../bot/uploads-in-process.ts';
import type { HealthReport } from '../status/report.ts';
import type { BotIdentity } from '../status/status-store.ts';
import { systemClock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';
import type { GrantSource } from '../lease/grant.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { Emit } from '../lease/events.ts';
import type { Settings } from '../settings/settings.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { VERSION } from '../settings/version.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { announcing } from '../wiring/announcing.ts';
import { botOver } from '../wiring/bot.ts';
import { healthCheckOf } from '../wiring/health.ts';
import type { Pointer } from '../knowledge/store.ts';
import { weeklyNoteOver } from '../wiring/weekly-note.ts';
import { knowledgeBaseIn } from '../wiring/knowledge.ts';
import { publishingIn } from '../wiring/publishing.ts';
import { consumerOver, openProtocol, type Protocol } from '../wiring/protocol.ts';
import { readingAhead } from '../wiring/reading-ahead.ts';
import { languageStoreOf, newsStoreOf, rateLimiterOf, statusStoreOf } from '../wiring/stores.ts';
import { NewsWatch } from './news-watch.ts';
import type { OpenedStore } from './store/opened-store.ts';
import type { ProcessIdentity } from './machine/process-identity.ts';

/** As often as the watchdog looks on AWS. */
const NEWS_EVERY_MS = 60_000;

/** The ground that a local consumer stands on, however its updates reach it. */
export interface Foundation {
  protocol: Protocol;
  /** A consumer that takes the lease anew for each update, or acts under the grants it is given. */
  consumerUnder: (grants?: GrantSource) => Pick<Consumer, 'consume'>;
  health: () => Promise<HealthReport>;
  /** From now on administrators hear when another version of the knowledge base is live. */
  watchNews: () => void;
  /** Resolves when nothing runs any more beside the updates: no import of an administrator's, no look for news. */
  close: () => Promise<void>;
}

/**
 * The protocol, the bot and the health check over one store.
 * @throws StoreUnavailableError
 */
export async function createFoundation(options: {
  store: OpenedStore;
  settings: Settings;
  secrets: TelegramSecrets;
  telegram: TelegramAccess;
  /** The name of a bot that Telegram does not know. */
  botName?: string;
  identity: ProcessIdentity;
  emit: Emit;
  say: (line: string) => void;
  /** The troubles that this process meets, at Telegram or with its clock, for the health check. */
  troubles: () => string[];
}): Promise<Foundation> {
  const { store, settings, secrets, telegram, identity, emit, say, troubles } = options;
  const { client } = store;
  const { botId } = secrets;
  const protocol = openProtocol({
    client,
    settings,
    scope: botId,
    holder: identity.holder,
    holderIsDead: identity.isDead,
    emit,
  });
  await activateLayout(protocol.leases, 1);
  const health = healthCheckOf({
    client,
    settings,
    version: VERSION,
    botId,
    process: {
      pid: process.pid,
      uptimeSeconds: () => process.uptime(),
      dataFolder: resolve(settings.dataFolder),
      botName: options.botName,
      troubles,
    },
  });
  const table = { client, tableName: settings.tableName };
  const stored = knowledgeBaseIn(table, ({ reason, serving }) =>
    say(`The knowledge base has a problem (served ${serving}): ${reason}`),
  );
  const languages = languageStoreOf({ ...table, botId });
  const ahead = readingAhead({ knowledge: stored, languages });
  const rateLimiter = rateLimiterOf({ ...table, botId });
  const announcer = new Announcer({ telegram, settings, rateLimiter, languages, clock: systemClock });
  const admins = new AdminNotes({ telegram, settings, languages });
  const publishing = publishingIn(table);
  const newsStore = newsStoreOf({ ...table, botId });
  const uploads = new InProcessUploads({ telegram, publishing, admins, news: newsStore });
  const readPointer = (): Promise<Pointer | undefined> => publishing.store.readPointer({ consistent: false });
  const knowledgeNews = new KnowledgeNews({ readPointer, store: newsStore, admins });
  const weekly = weeklyNoteOver({ ...table, scope: botId, settings, telegram, readPointer });
  const look = async (): Promise<void> => {
    await Promise.allSettled([knowledgeNews.look(), weekly.look()]);
  };
  const news = new NewsWatch({ look, everyMs: NEWS_EVERY_MS });
  const { handle } = botOver({ client, settings, telegram, botId, ...ahead.reads, health, uploads });
  const { maxAttempts } = settings;
  return {
    protocol,
    consumerUnder: (grants) =>
      announcing(ahead.before(consumerOver(protocol, { handle, maxAttempts, grants })), announcer),
    health,
    watchNews: () => news.start(),
    close: async () => {
      await Promise.all([uploads.idle(), news.stop()]);
    },
  };
}

/**
 * Asks Telegram who the bot is, and keeps it in the table for the health check and for cold starts.
 * @throws GrammyError when the token is refused, HttpError when Telegram cannot be reached
 */
export async function rememberBot(store: OpenedStore, telegram: TelegramAccess): Promise<BotIdentity> {
  const me = await telegramApi(telegram).getMe();
  const status = statusStoreOf(store);
  const bot = { id: me.id, username: me.username, firstName: me.first_name };
  await status.saveBot(bot);
  return bot;
}
