import { resolve } from 'node:path';
import { systemClock } from '../lease/clock.ts';
import { hasToken, SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import { SettingsError, type Settings } from '../settings/settings.ts';
import { statusStoreOf } from '../wiring/stores.ts';
import { BotLock, botKey, storeKey } from './machine/bot-lock.ts';
import { assertClock } from './clock-check.ts';
import { ClockWatch } from './clock-watch.ts';
import { LOCAL_BOT } from './local-bot.ts';
import { openStore } from './store/open-store.ts';
import type { OpenedStore } from './store/opened-store.ts';
import { keepOwnRecord, type OwnRecord } from './own-record.ts';
import { RunOnPage } from './page/run-on-page.ts';
import { runPolling } from './polling-run.ts';
import { isOpenToOthers } from './machine/private-files.ts';
import { processIdentity } from './machine/process-identity.ts';
import type { Run, RunOptions } from './run-options.ts';
import { ssmParameters } from './ssm-parameters.ts';
import { runWebhook } from './webhook-run.ts';

/**
 * Runs the whole bot in this process until the signal fires: no new update then, the one in hand settled, the lease
 * released.
 * @throws SettingsError, DataFolderError, StoreSetupError, StoreUnavailableError, ClockError, PortInUseError
 * @throws AlreadyRunningError, TokenInUseError
 */
export async function runBot(options: RunOptions): Promise<void> {
  const { env, settings, mode } = options;
  const secrets = options.local === true ? undefined : await readSecrets(settings);
  if (secrets === undefined && mode === 'webhook') {
    throw new SettingsError(
      'A webhook needs a bot token: set TELEGRAM_BOT_TOKEN (and TELEGRAM_API_ROOT for a local Bot API server)',
    );
  }
  const { tableName, dataFolder } = settings;
  const store = await openStore({ env, tableName, dataFolder, ifMissing: 'create' });
  const identity = processIdentity({ hostId: settings.hostId });
  const record = keepOwnRecord(settings, {
    holder: identity.holder,
    pid: process.pid,
    state: 'starting',
    mode,
    since: new Date().toISOString(),
    ...(secrets !== undefined && { bot: { id: secrets.botId } }),
    ...(env['TABLE_NAME'] !== undefined && { table: tableName }),
    ...(options.log !== undefined && { log: options.log }),
    ...(options.shownOn === undefined && { page: false }),
  });
  let lock: BotLock | undefined;
  let clockWatch: ClockWatch | undefined;
  try {
    await assertUsable(options, store, secrets);
    lock = lockOf({ settings, secrets, store, describe: record.describe });
    const shown = new RunOnPage(options.shownOn, identity.holder);
    shown.watch(store.client);
    clockWatch = watchClock(options, store);
    const run: Run = { ...options, store, identity, lock, shown, clockWatch, record: record.note };
    if (mode === 'webhook') await runWebhook(run, secrets!);
    else await runPolling(run, secrets);
  } finally {
    await clockWatch?.stop();
    await lock?.release();
    record.remove();
    await store.close();
  }
}

/** Processes over a store in the data folder have one clock: nothing to compare. */
function watchClock({ env, settings, say }: RunOptions, store: OpenedStore): ClockWatch | undefined {
  if (env['TABLE_NAME'] === undefined) return undefined;
  const { maxClockSkewMs } = settings;
  const watch = new ClockWatch({ store, maxClockSkewMs, clock: systemClock, say });
  watch.start();
  return watch;
}

async function readSecrets(settings: Settings): Promise<TelegramSecrets | undefined> {
  if (!hasToken(settings)) return undefined;
  const { telegram } = settings;
  return new SecretsReader({ telegram, readParameters: ssmParameters(), nowMs: Date.now }).read();
}

/**
 * Whether this bot may work on the store; says which one it is.
 * @throws ClockError, SettingsError, StoreUnavailableError
 */
async function assertUsable(
  { env, settings, local, say }: RunOptions,
  store: OpenedStore,
  secrets: TelegramSecrets | undefined,
): Promise<void> {
  const { dataFolder, maxClockSkewMs } = settings;
  if (env['TABLE_NAME'] !== undefined) await assertClock(store.client, store.tableName, maxClockSkewMs);
  if (secrets === undefined && !store.isLocal) {
    throw new SettingsError(
      `A bot over ${store.description} needs a token: set TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_PARAMETER`,
    );
  }
  if (secrets === undefined && local !== true) await assertNeverOnTelegram(store, settings);
  say(`Store: ${store.description}`);
  if (isOpenToOthers(dataFolder))
    say(`⚠️ Other users may look into ${dataFolder}: chmod 700 ${dataFolder} (its store is closed to them)`);
}

/**
 * A missing variable must not make another bot of one that people write to.
 * @throws SettingsError
 */
async function assertNeverOnTelegram(store: OpenedStore, { dataFolder }: Settings): Promise<void> {
  const known = (await statusStoreOf(store).bots()).find(({ id }) => id !== LOCAL_BOT.id);
  if (known === undefined) return;
  throw new SettingsError(
    `The data folder ${resolve(dataFolder)} serves @${known.username} on Telegram, and no bot token is set: set ` +
      'TELEGRAM_BOT_TOKEN to its token, or choose another folder with --data. With --local it is run without Telegram, ' +
      'and nobody there is answered',
  );
}

function lockOf(options: {
  settings: Settings;
  secrets: TelegramSecrets | undefined;
  store: OpenedStore;
  describe: OwnRecord['describe'];
}): BotLock {
  const { settings, secrets, store, describe } = options;
  const { apiRoot } = settings.telegram;
  const key = secrets === undefined ? storeKey(store.id) : botKey({ token: secrets.token, apiRoot });
  return new BotLock({ key, store: store.id, describe });
}
