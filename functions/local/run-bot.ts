import { join } from 'node:path';
import type { Consumer } from '../lease/consumer.ts';
import { hasToken, SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import { SettingsError, type Settings } from '../settings/settings.ts';
import { ssmParameters } from '../settings/ssm.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { deriveWebhookSecret } from '../telegram/webhook-secret.ts';
import { createReceiver } from '../webhook/receive.ts';
import { consumerOver } from '../wiring/protocol.ts';
import { startBotApiServer } from './bot-api/server.ts';
import type { BotApiServer } from './bot-api/types.ts';
import { assertClock } from './clock-check.ts';
import { eventLine } from './event-lines.ts';
import { layFoundation, rememberBot, type Foundation } from './foundation.ts';
import { HEALTH_PATH, startHttpFront, WEBHOOK_PATH, type HttpFront } from './http-front.ts';
import { openStore, type OpenedStore } from './open-store.ts';
import { assertNoWebhook, PollingBot } from './polling-bot.ts';
import { describeHolder, processIdentity, type ProcessIdentity } from './process-identity.ts';
import { importStarter } from './starter-import.ts';
import { startTerminalChat, type TerminalChat } from './terminal-chat.ts';

export interface RunOptions {
  env: Record<string, string | undefined>;
  settings: Settings;
  mode: 'polling' | 'webhook';
  /** Wait for the lease instead of being refused. */
  takeLease?: (bot: PollingBot, signal: AbortSignal) => Promise<void>;
  /** Ends the run cleanly. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Where the chat of a bot without a token takes place. */
  terminal: { input: NodeJS.ReadableStream; write: (text: string) => void };
}

/** A bot without an account: known to the local Bot API server and to nobody else. */
const LOCAL_BOT = {
  id: 1000000001,
  username: 'local_agent_factory_bot',
  first_name: 'Agent Factory',
} as const;
const LOCAL_TOKEN = `${LOCAL_BOT.id}:local-development-only`;

/**
 * Runs the whole bot in this process until the signal fires: no new update then, the one in hand settled, the lease
 * released.
 * @throws SettingsError, DataFolderError, StoreSetupError, StoreUnavailableError, ClockError, PortInUseError
 * @throws AlreadyRunningError, TokenInUseError
 */
export async function runBot(options: RunOptions): Promise<void> {
  const { env, settings, mode, say } = options;
  const secrets = await readSecrets(settings);
  if (secrets === undefined && mode === 'webhook') {
    throw new SettingsError(
      'A webhook needs a bot token: set TELEGRAM_BOT_TOKEN (and TELEGRAM_API_ROOT for a local Bot API server)',
    );
  }
  const store = await openStore({ env, tableName: settings.tableName, dataFolder: settings.dataFolder });
  try {
    if (env['TABLE_NAME'] !== undefined)
      await assertClock(store.client, store.tableName, settings.maxClockSkewMs);
    say(`Store: ${store.description}`);
    const identity = processIdentity({ hostId: settings.hostId });
    if (mode === 'webhook') await serveWebhook(options, store, identity, secrets!);
    else await poll(options, store, identity, secrets);
  } finally {
    await store.close();
  }
}

async function readSecrets(settings: Settings): Promise<TelegramSecrets | undefined> {
  if (!hasToken(settings)) return undefined;
  const { telegram } = settings;
  return new SecretsReader({ telegram, readParameters: ssmParameters(), nowMs: Date.now }).read();
}

async function serveWebhook(
  options: RunOptions,
  store: OpenedStore,
  identity: ProcessIdentity,
  secrets: TelegramSecrets,
): Promise<void> {
  const { settings, signal, say } = options;
  const telegram = { token: secrets.token, apiRoot: settings.telegram.apiRoot };
  const foundation = await layFoundation({ ...parts(options), store, secrets, telegram, identity });
  await importStarter(store, say);
  await rememberBot(store, telegram);
  const consumer = consumerOver(foundation.protocol, {
    handle: foundation.handle,
    maxAttempts: settings.maxAttempts,
  });
  const front = await openFront(options, foundation, secrets, () => consumer);
  say(`Webhook: http://localhost:${front.port}${WEBHOOK_PATH} (answers through ${telegram.apiRoot})`);
  announce(front, say);
  await fired(signal);
  say('Stopping: finishing the requests in hand...');
  await front.close();
}

async function poll(
  options: RunOptions,
  store: OpenedStore,
  identity: ProcessIdentity,
  configured: TelegramSecrets | undefined,
): Promise<void> {
  const { settings, signal, say, takeLease = (bot) => bot.take(0) } = options;
  const secrets = configured ?? localSecrets();
  let server: BotApiServer | undefined;
  const telegram: TelegramAccess = { token: secrets.token, apiRoot: settings.telegram.apiRoot };
  if (configured !== undefined) await assertNoWebhook(telegram);
  const foundation = await layFoundation({ ...parts(options), store, secrets, telegram, identity });
  const { handlerDeadlineMs, maxAttempts } = settings;
  const bot = new PollingBot({ foundation, telegram, handlerDeadlineMs, maxAttempts, say });
  await takeLease(bot, signal);
  if (signal.aborted) return bot.release();
  let front: HttpFront | undefined;
  let chat: TerminalChat | undefined;
  try {
    say(
      `🔐 Lease acquired (fencing token ${bot.tokens[0]?.fencingToken}, ${describeHolder(identity.holder)})`,
    );
    if (configured === undefined) {
      // Its files have one owner, as the lease has one holder: only now is that this process.
      server = await startBotApiServer({
        bots: { [LOCAL_TOKEN]: LOCAL_BOT },
        stateFile: join(settings.dataFolder, 'telegram.json'),
      });
      telegram.apiRoot = server.apiRoot;
    }
    await importStarter(store, say);
    const username = await rememberBot(store, telegram);
    front = await openFront(options, foundation, secrets, () => bot.consumer);
    say(
      configured === undefined
        ? 'Telegram: a local Bot API server (no token is set)'
        : `Telegram: @${username}`,
    );
    announce(front, say);
    if (server !== undefined) {
      say('Write to the bot here, e.g. /kb_stats or: motor does not stop');
      chat = startTerminalChat({ server, ...options.terminal });
    }
    await bot.run(signal);
  } finally {
    chat?.close();
    await bot.release();
    await front?.close();
    await server?.close();
  }
}

function openFront(
  options: RunOptions,
  foundation: Foundation,
  secrets: TelegramSecrets,
  consumer: () => Consumer,
): Promise<HttpFront> {
  const { settings, say } = options;
  const receive = createReceiver({
    acceptedSecrets: async () => [secrets.webhookSecret, secrets.previousWebhookSecret],
    consumer: async () => consumer(),
    onAnswered: () => {},
    onProblem: ({ reason, error }) =>
      say(error instanceof Error ? `${reason}: ${error.stack}` : `Refused: ${reason}`),
  });
  return startHttpFront({
    port: settings.port,
    receive: (request) => receive(request, settings.handlerDeadlineMs),
    health: foundation.health,
  });
}

function announce(front: HttpFront, say: (line: string) => void): void {
  say(`Health check endpoint: http://localhost:${front.port}${HEALTH_PATH}`);
  say('✅ Bot is running. Ctrl+C stops it.');
}

function parts(options: RunOptions): Pick<Parameters<typeof layFoundation>[0], 'settings' | 'emit' | 'say'> {
  const { settings, say } = options;
  const emit: Parameters<typeof layFoundation>[0]['emit'] = (event) => {
    const line = eventLine(event);
    if (line !== undefined) say(line);
  };
  return { settings, emit, say };
}

function localSecrets(): TelegramSecrets {
  return {
    token: LOCAL_TOKEN,
    botId: String(LOCAL_BOT.id),
    webhookSecret: deriveWebhookSecret(LOCAL_TOKEN),
  };
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
