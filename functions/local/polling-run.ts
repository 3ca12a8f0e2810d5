import { profileOf } from '../bot/menus.ts';
import { systemClock } from '../lease/clock.ts';
import type { LeaseItem } from '../lease/lease-store.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { applyProfile } from '../telegram/bot-profile.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import type { Protocol } from '../wiring/protocol.ts';
import { statusStoreOf } from '../wiring/stores.ts';
import { BotInUseError } from './machine/bot-lock.ts';
import { endLeasesOfAClockAhead } from './polling/expiry-ahead.ts';
import { createFoundation, rememberBot, type Foundation } from './foundation.ts';
import type { HttpFront } from './http-front.ts';
import { assertPortIsFree } from './machine/listen.ts';
import { LocalAdministrators } from './local-administrators.ts';
import { LOCAL_ADMINISTRATOR, LOCAL_NAME, localSecrets } from './local-bot.ts';
import { openLocalTelegram } from './local-telegram.ts';
import type { LocalTelegram } from './page/open-page.ts';
import { assertNoWebhook, PollingBot, standingTermMs, webhookHost } from './polling/polling-bot.ts';
import { describeHolder } from './machine/process-identity.ts';
import { announce, openFront } from './run-front.ts';
import { groundOf, type Run } from './run-options.ts';
import { Standby } from './polling/standby.ts';
import { importStarter } from './starter-import.ts';
import { TelegramWatch } from './polling/telegram-watch.ts';
import { startTerminalChat, type TerminalChat } from './terminal-chat.ts';

/**
 * A run that asks Telegram for its updates, until the signal fires; without secrets, a Telegram of its own.
 * @throws BotInUseError, AlreadyRunningError, TokenInUseError, PortInUseError, StoreUnavailableError
 * @throws GrammyError, HttpError
 */
export async function runPolling(given: Run, configured: TelegramSecrets | undefined): Promise<void> {
  const { run, administrators } =
    configured === undefined ? withAdministrators(given) : { run: given, administrators: undefined };
  const { settings, signal, say, lock, shown } = run;
  const secrets = configured ?? localSecrets(settings.dataFolder, { create: true });
  const telegram = shown.watched({ token: secrets.token, apiRoot: settings.telegram.apiRoot });
  if (!run.standby) {
    const other = await lock.heldBy();
    if (other !== undefined) throw new BotInUseError(other);
    if (configured !== undefined) await assertNoWebhook(telegram);
  }
  const isLocal = administrators !== undefined;
  const { bot, foundation } = await pollingBot(run, { secrets, telegram, isLocal });
  if (run.standby) run.record({ state: 'standby' });
  else await assertCanListen(run, foundation.protocol);
  // A table on AWS is also of machines whose clocks are their own.
  if (run.env['TABLE_NAME'] === undefined) {
    const table = { client: run.store.client, tableName: run.store.tableName, scope: secrets.botId };
    const { isDead } = run.identity;
    await endLeasesOfAClockAhead({ protocol: foundation.protocol, table, isDead, say }, signal);
  }
  await bot.take(signal);
  if (signal.aborted) return bot.release();
  run.record({ state: 'starting' });
  const open: Open = {};
  try {
    // On a busy machine the first import lasts longer than the lease.
    await bot.keepDuring(() => openAll(run, { secrets, telegram, administrators, bot, foundation, open }));
    if (signal.aborted) return;
    signal.addEventListener('abort', () => say('Stopping: finishing the update in hand...'), { once: true });
    await bot.run(signal);
  } finally {
    open.chat?.close();
    await bot.release();
    await open.front?.close();
    await foundation.close();
    await open.local?.server.close();
  }
}

/** The parts that a run has opened, and closes at its end. */
interface Open {
  local?: LocalTelegram;
  front?: HttpFront;
  chat?: TerminalChat;
}

/** Everything that only the holder of the lease opens. Returns early when the signal fires. */
async function openAll(
  run: Run,
  parts: {
    secrets: TelegramSecrets;
    telegram: TelegramAccess;
    /** The administrators of a bot without a token. */
    administrators: LocalAdministrators | undefined;
    bot: PollingBot;
    foundation: Foundation;
    open: Open;
  },
): Promise<void> {
  const { settings, signal, say, store, identity, shown } = run;
  const { secrets, telegram, administrators, bot, foundation, open } = parts;
  say(`🔐 Lease acquired (fencing token ${bot.tokens[0]?.fencingToken}, ${describeHolder(identity.holder)})`);
  if (administrators !== undefined) {
    open.local = await openLocalTelegram(run, { telegram, administrators });
    await applyProfile(telegramApi(telegram), profileOf(settings), { formerChatIds: [] });
  }
  await Promise.all([importStarter(store, say), bot.look(signal)]);
  if (signal.aborted) return;
  const me = await rememberBot(store, telegram);
  const { local } = open;
  if (local === undefined) run.record({ bot: { id: secrets.botId, username: `@${me.username}` } });
  const served = { settings, foundation, secrets, consumer: () => bot.consumer, bot: me, local };
  const page = await shown.open(served);
  open.front = await openFront(run, { ...served, page });
  say(
    local !== undefined
      ? `Bot: ${LOCAL_NAME} (${run.local === true ? '--local' : 'no token is set'}): a Bot API server of its own`
      : `Bot: @${me.username} (https://t.me/${me.username})`,
  );
  announce(run, open.front, page);
  foundation.watchNews();
  if (local !== undefined && run.terminal !== undefined) {
    say('Write to the bot here, e.g. /kb_stats or: motor does not stop');
    open.chat = startTerminalChat({ server: local.server, ...run.terminal });
  }
}

/** A bot without a token is its user's own, who may try what administrators can do. */
function withAdministrators(run: Run): { run: Run; administrators: LocalAdministrators } {
  const { adminUserIds: configured, dataFolder } = run.settings;
  const administrators = new LocalAdministrators({ dataFolder, configured, otherwise: LOCAL_ADMINISTRATOR });
  return { run: { ...run, settings: { ...run.settings, adminUserIds: administrators.ids } }, administrators };
}

async function pollingBot(
  run: Run,
  options: { secrets: TelegramSecrets; telegram: TelegramAccess; isLocal: boolean },
): Promise<{ bot: PollingBot; foundation: Foundation }> {
  const { secrets, telegram, isLocal } = options;
  const { say, lock } = run;
  const { handlerDeadlineMs } = run.settings;
  const watch = new TelegramWatch({ clock: systemClock, say });
  const ground = groundOf(run);
  const foundation = await createFoundation({
    ...ground,
    secrets,
    telegram,
    ...(isLocal && { botName: LOCAL_NAME }),
    troubles: () => [...watch.reasons(), ...ground.troubles()],
  });
  const standby = run.standby
    ? standbyOf(run, foundation, { botId: secrets.botId, telegram: isLocal ? undefined : telegram })
    : undefined;
  const bot = new PollingBot({
    foundation,
    telegram,
    isOwnServer: isLocal,
    handlerDeadlineMs,
    standby,
    lock,
    watch,
    say,
  });
  return { bot, foundation };
}

/**
 * Looks before anything is taken or imported. A holder of the lease is the one who has the port, and taking the lease
 * tells more of it. A process that stands by waits for the port with the lease.
 * @throws PortInUseError, StoreUnavailableError
 */
async function assertCanListen({ settings, identity }: Run, protocol: Protocol): Promise<void> {
  try {
    await assertPortIsFree(settings);
  } catch (error) {
    const { holder, expiresAtMs = 0 } = (await readLease(protocol)) ?? {};
    const isHeld = holder !== undefined && expiresAtMs > protocol.context.clock.wallMs();
    if (!isHeld || identity.isDead(holder)) throw error;
  }
}

async function readLease({ layout, leases }: Protocol): Promise<LeaseItem | undefined> {
  const { epoch } = await layout.reread();
  return leases.read({ epoch, partition: 0 });
}

function standbyOf(
  run: Run,
  { protocol }: Foundation,
  { botId, telegram }: { botId: string; telegram: TelegramAccess | undefined },
): Standby {
  const { settings, identity, lock, say } = run;
  const status = statusStoreOf(run.store);
  return new Standby({
    neighbour: async () => {
      const by = await lock.heldBy();
      if (by === undefined) return undefined;
      if (by.holder === undefined) return 'a process of this machine that does not say who it is';
      return `${describeHolder(by.holder)} over ${by.table ?? by.dataFolder}`;
    },
    readLease: () => readLease(protocol),
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
