import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Consumer } from '../lease/consumer.ts';
import { systemClock } from '../lease/clock.ts';
import { hasToken, SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import { SettingsError, type Settings } from '../settings/settings.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { profileOf } from '../bot/menus.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { applyProfile } from '../telegram/bot-profile.ts';
import { createReceiver } from '../http/receive.ts';
import { startBotApiServer } from './bot-api/server.ts';
import type { BotApiServer } from './bot-api/types.ts';
import { BotInUseError, BotLock, botKey, storeKey } from './bot-lock.ts';
import { assertClock } from './clock-check.ts';
import { eventLine } from './event-lines.ts';
import { DynamoStatusStore } from '../dynamodb/status-store.ts';
import { layFoundation, rememberBot, type Foundation } from './foundation.ts';
import { startHttpFront, type HttpFront } from './http-front.ts';
import { hostOf } from '../telegram/webhook-state.ts';
import { HEALTH_PATH, WEBHOOK_PATH } from '../http/paths.ts';
import { LocalAdministrators } from './local-administrators.ts';
import {
  LOCAL_ADMINISTRATOR,
  LOCAL_BOT,
  LOCAL_GROUP,
  LOCAL_NAME,
  LOCAL_PEOPLE,
  localSecrets,
} from './local-bot.ts';
import type { Neighbour } from './meeting-point.ts';
import { openStore } from './open-store.ts';
import type { OpenedStore } from './opened-store.ts';
import type { PageServer } from './page/page-server.ts';
import { RunOnPage, type ShownOn } from './page/run-on-page.ts';
import { assertNoWebhook, PollingBot, standingTermMs, webhookHost } from './polling-bot.ts';
import { isOpenToOthers } from './private-files.ts';
import { describeHolder, processIdentity, userName, type ProcessIdentity } from './process-identity.ts';
import { RECORD_EVERY_MS, RunRecords, type RunNote } from './run-record.ts';
import { ssmParameters } from './ssm-parameters.ts';
import { Standby } from './standby.ts';
import { importStarter } from './starter-import.ts';
import { TelegramWatch } from './telegram-watch.ts';
import { startTerminalChat, type TerminalChat } from './terminal-chat.ts';

export interface RunOptions {
  env: Record<string, string | undefined>;
  settings: Settings;
  mode: 'polling' | 'webhook';
  /** Wait for the lease instead of being refused; only for polling. */
  standby: boolean;
  /** Without Telegram, whatever token is set and whoever the data folder served. */
  local?: boolean;
  /** Ends the run cleanly. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Where the chat of a bot without a token takes place. */
  terminal: { input: NodeJS.ReadableStream; write: (text: string) => void };
  shownOn?: ShownOn;
}

/**
 * Runs the whole bot in this process until the signal fires: no new update then, the one in hand settled, the lease
 * released.
 * @throws SettingsError, DataFolderError, StoreSetupError, StoreUnavailableError, ClockError, PortInUseError
 * @throws AlreadyRunningError, TokenInUseError
 */
export async function runBot(options: RunOptions): Promise<void> {
  const { env, settings, mode, say } = options;
  const secrets = options.local === true ? undefined : await readSecrets(settings);
  if (secrets === undefined && mode === 'webhook') {
    throw new SettingsError(
      'A webhook needs a bot token: set TELEGRAM_BOT_TOKEN (and TELEGRAM_API_ROOT for a local Bot API server)',
    );
  }
  const { tableName, dataFolder } = settings;
  const store = await openStore({ env, tableName, dataFolder, ifMissing: 'create' });
  const identity = processIdentity({ hostId: settings.hostId });
  const record = keepRecord(settings, {
    holder: identity.holder,
    pid: process.pid,
    state: 'starting',
    mode,
    since: new Date().toISOString(),
    ...(secrets !== undefined && { bot: { id: secrets.botId } }),
    ...(env['TABLE_NAME'] !== undefined && { table: tableName }),
  });
  let lock: BotLock | undefined;
  try {
    if (env['TABLE_NAME'] !== undefined)
      await assertClock(store.client, store.tableName, settings.maxClockSkewMs);
    if (secrets === undefined && !store.isLocal) {
      throw new SettingsError(
        `A bot over ${store.description} needs a token: set TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_PARAMETER`,
      );
    }
    if (secrets === undefined && options.local !== true) await assertNeverOnTelegram(store, settings);
    say(`Store: ${store.description}`);
    if (isOpenToOthers(dataFolder))
      say(
        `⚠️ Other users may look into ${dataFolder}: chmod 700 ${dataFolder} (its store is closed to them)`,
      );
    lock = lockOf({ settings, secrets, store, describe: record.describe });
    const shown = new RunOnPage(options.shownOn, identity.holder);
    shown.watch(store.client);
    const run: Run = { ...options, store, identity, lock, shown, record: record.note };
    if (mode === 'webhook') await serveWebhook(run, secrets!);
    else await poll(run, secrets);
  } finally {
    await lock?.release();
    record.remove();
    await store.close();
  }
}

interface Run extends RunOptions {
  store: OpenedStore;
  identity: ProcessIdentity;
  lock: BotLock;
  shown: RunOnPage;
  /** Tells what has become of this process. */
  record: (change: Partial<RunNote>) => void;
}

/** Keeps this process's record as long as it runs: one that is not written anew is believed for a minute only. */
function keepRecord(
  { dataFolder, hostId }: Settings,
  first: RunNote,
): { note: (change: Partial<RunNote>) => void; describe: () => Neighbour; remove: () => void } {
  const records = new RunRecords(dataFolder, { hostId });
  let current = first;
  const note = (change: Partial<RunNote>): void => records.write((current = { ...current, ...change }));
  note({});
  const beat = setInterval(() => records.write(current), RECORD_EVERY_MS).unref();
  return {
    note,
    describe: () => {
      const { holder, mode, since, table, bot } = current;
      const name = bot === undefined ? LOCAL_NAME : (bot.username ?? bot.id);
      return { holder, mode, since, table, bot: name, user: userName(), dataFolder: resolve(dataFolder) };
    },
    remove: () => {
      clearInterval(beat);
      records.remove(current.pid);
    },
  };
}

function lockOf(options: {
  settings: Settings;
  secrets: TelegramSecrets | undefined;
  store: OpenedStore;
  describe: () => Neighbour;
}): BotLock {
  const { settings, secrets, store, describe } = options;
  const { apiRoot } = settings.telegram;
  const key = secrets === undefined ? storeKey(store.id) : botKey({ token: secrets.token, apiRoot });
  return new BotLock({ key, store: store.id, describe });
}

/**
 * A missing variable must not make another bot of one that people write to.
 * @throws SettingsError
 */
async function assertNeverOnTelegram(store: OpenedStore, { dataFolder }: Settings): Promise<void> {
  const known = (await new DynamoStatusStore(store).bots()).find(({ id }) => id !== LOCAL_BOT.id);
  if (known === undefined) return;
  throw new SettingsError(
    `The data folder ${resolve(dataFolder)} serves @${known.username} on Telegram, and no bot token is set: set ` +
      'TELEGRAM_BOT_TOKEN to its token, or choose another folder with --data. With --local it is run without Telegram, ' +
      'and nobody there is answered',
  );
}

async function readSecrets(settings: Settings): Promise<TelegramSecrets | undefined> {
  if (!hasToken(settings)) return undefined;
  const { telegram } = settings;
  return new SecretsReader({ telegram, readParameters: ssmParameters(), nowMs: Date.now }).read();
}

async function serveWebhook(run: Run, secrets: TelegramSecrets): Promise<void> {
  const { settings, signal, say, store, identity, lock, shown } = run;
  const telegram = shown.watched({ token: secrets.token, apiRoot: settings.telegram.apiRoot });
  const other = await lock.take();
  if (other !== undefined) throw new BotInUseError(other);
  const foundation = await layFoundation({ ...parts(run), store, secrets, telegram, identity });
  await importStarter(store, say);
  const me = await rememberBot(store, telegram);
  run.record({ bot: { id: secrets.botId, username: `@${me.username}` } });
  say(`Bot: @${me.username} (https://t.me/${me.username})`);
  const consumer = foundation.consumerUnder();
  const served = { settings, foundation, secrets, consumer: () => consumer, bot: me, local: undefined };
  const page = await shown.open(served);
  const front = await openFront(run, { ...served, page });
  say(`Webhook: http://localhost:${front.port}${WEBHOOK_PATH} (answers through ${telegram.apiRoot})`);
  announce(run, front, page);
  foundation.watchNews();
  await fired(signal);
  say('Stopping: finishing the requests in hand...');
  await front.close();
  await foundation.close();
}

async function poll(given: Run, configured: TelegramSecrets | undefined): Promise<void> {
  const { run, administrators } =
    configured === undefined ? withAdministrators(given) : { run: given, administrators: undefined };
  const { settings, signal, say, store, identity, lock, shown } = run;
  const secrets = configured ?? localSecrets(settings.dataFolder, { create: true });
  let server: BotApiServer | undefined;
  const telegram = shown.watched({ token: secrets.token, apiRoot: settings.telegram.apiRoot });
  if (!run.standby) {
    const other = await lock.heldBy();
    if (other !== undefined) throw new BotInUseError(other);
    if (configured !== undefined) await assertNoWebhook(telegram);
  }
  const botName = configured === undefined ? LOCAL_NAME : undefined;
  const watch = new TelegramWatch({ clock: systemClock, say });
  const troubles = (): string[] => watch.reasons();
  const foundation = await layFoundation({
    ...parts(run),
    store,
    secrets,
    telegram,
    identity,
    botName,
    troubles,
  });
  const { handlerDeadlineMs } = settings;
  const standby = run.standby
    ? standbyOf(run, foundation, { botId: secrets.botId, telegram: configured && telegram })
    : undefined;
  const isOwnServer = configured === undefined;
  const bot = new PollingBot({
    foundation,
    telegram,
    isOwnServer,
    handlerDeadlineMs,
    standby,
    lock,
    watch,
    say,
  });
  if (standby !== undefined) run.record({ state: 'standby' });
  await bot.take(signal);
  if (signal.aborted) return bot.release();
  run.record({ state: 'starting' });
  const usersSecret = randomBytes(24).toString('base64url');
  let front: HttpFront | undefined;
  let chat: TerminalChat | undefined;
  try {
    say(
      `🔐 Lease acquired (fencing token ${bot.tokens[0]?.fencingToken}, ${describeHolder(identity.holder)})`,
    );
    if (configured === undefined) {
      // Its files have one owner, as the lease has one holder: only now is that this process.
      server = await openLocalTelegram(run, { token: secrets.token, usersSecret });
      telegram.apiRoot = server.apiRoot;
      await applyProfile(telegramApi(telegram), profileOf(settings), { formerChatIds: [] });
    }
    await Promise.all([importStarter(store, say), bot.look(signal)]);
    if (signal.aborted) return;
    const me = await rememberBot(store, telegram);
    if (configured !== undefined) run.record({ bot: { id: secrets.botId, username: `@${me.username}` } });
    const appoint = administrators?.canChange
      ? (userId: number, isAdministrator: boolean): Promise<void> =>
          administrators.appoint(userId, isAdministrator, telegramApi(telegram))
      : undefined;
    const local = server && { server, secret: usersSecret, appoint };
    const served = { settings, foundation, secrets, consumer: () => bot.consumer, bot: me, local };
    const page = await shown.open(served);
    front = await openFront(run, { ...served, page });
    say(
      configured === undefined
        ? `Bot: ${LOCAL_NAME} (${run.local === true ? '--local' : 'no token is set'}): a Bot API server of its own`
        : `Bot: @${me.username} (https://t.me/${me.username})`,
    );
    announce(run, front, page);
    foundation.watchNews();
    if (server !== undefined) {
      say('Write to the bot here, e.g. /kb_stats or: motor does not stop');
      chat = startTerminalChat({ server, ...run.terminal });
    }
    signal.addEventListener('abort', () => say('Stopping: finishing the update in hand...'), { once: true });
    await bot.run(signal);
  } finally {
    chat?.close();
    await bot.release();
    await front?.close();
    await foundation.close();
    await server?.close();
  }
}

function standbyOf(
  run: Run,
  { protocol }: Foundation,
  { botId, telegram }: { botId: string; telegram: TelegramAccess | undefined },
): Standby {
  const { settings, identity, lock, say } = run;
  const status = new DynamoStatusStore(run.store);
  return new Standby({
    neighbour: async () => {
      const by = await lock.heldBy();
      if (by === undefined) return undefined;
      if (by.holder === undefined) return 'a process of this machine that does not say who it is';
      return `${describeHolder(by.holder)} over ${by.table ?? by.dataFolder}`;
    },
    readLease: async () => {
      const { epoch } = await protocol.layout.reread();
      return protocol.leases.read({ epoch, partition: 0 });
    },
    isDead: identity.isDead,
    holder: identity.holder,
    webhookHost: async () => telegram && webhookHost(telegram),
    isWebhookUnwanted: async () => (await status.webhook(botId))?.desired === 'off',
    clock: protocol.context.clock,
    skewMs: settings.maxClockSkewMs,
    termMs: standingTermMs(settings.handlerDeadlineMs),
    say,
  });
}

/** Telegram for a bot without a token, and who is there to write to it. */
async function openLocalTelegram(
  { settings, say }: Run,
  { token, usersSecret }: { token: string; usersSecret: string },
): Promise<BotApiServer> {
  const server = await startBotApiServer({
    bots: { [token]: LOCAL_BOT },
    stateFile: join(settings.dataFolder, 'telegram.json'),
    control: { secret: usersSecret },
    polledOnly: {
      forgotWebhook: (url) =>
        say(
          `⚠️ The local bot had a webhook at ${hostOf(url)}, which is forgotten: only this process asks for its updates`,
        ),
    },
  });
  for (const person of LOCAL_PEOPLE) server.user(person);
  server.chat(LOCAL_GROUP);
  return server;
}

/** A bot without a token is its user's own, who may try what administrators can do. */
function withAdministrators(run: Run): { run: Run; administrators: LocalAdministrators } {
  const { adminUserIds: configured, dataFolder } = run.settings;
  const administrators = new LocalAdministrators({ dataFolder, configured, otherwise: LOCAL_ADMINISTRATOR });
  return { run: { ...run, settings: { ...run.settings, adminUserIds: administrators.ids } }, administrators };
}

function openFront(
  { settings, say }: Run,
  served: {
    foundation: Foundation;
    secrets: TelegramSecrets;
    consumer: () => Pick<Consumer, 'consume'>;
    page: PageServer | undefined;
  },
): Promise<HttpFront> {
  const { foundation, secrets, consumer, page } = served;
  const receive = createReceiver({
    acceptedSecrets: async () => [secrets.webhookSecret, secrets.previousWebhookSecret],
    consumer: async () => consumer(),
    onAnswered: () => {},
    onProblem: ({ reason, error }) =>
      say(error instanceof Error ? `${reason}: ${error.stack}` : `Refused: ${reason}`),
  });
  return startHttpFront({
    port: settings.port,
    host: settings.host,
    closeWithinMs: settings.handlerDeadlineMs + 2_000,
    receive: (request) => receive(request, settings.handlerDeadlineMs),
    health: foundation.health,
    ...(page && { page }),
  });
}

function announce({ record, say, shown }: Run, front: HttpFront, page: PageServer | undefined): void {
  record({ state: 'running', port: front.port });
  shown.listensAt(front.port);
  say(`Health check endpoint: http://localhost:${front.port}${HEALTH_PATH}`);
  if (page !== undefined) say(`👉 Chat, and the guarantee at work: ${page.address(front.port)}`);
  say('✅ Bot is running. Ctrl+C stops it.');
}

function parts({
  settings,
  say,
  shown,
  local,
}: Run): Pick<Parameters<typeof layFoundation>[0], 'settings' | 'emit' | 'say'> {
  // The chat of a bot without Telegram is its own trace.
  const eachUpdate = hasToken(settings) && local !== true;
  const emit: Parameters<typeof layFoundation>[0]['emit'] = (event) => {
    shown.happened(event);
    const line = eventLine(event, { eachUpdate });
    if (line !== undefined) say(line);
  };
  return { settings, emit, say };
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
