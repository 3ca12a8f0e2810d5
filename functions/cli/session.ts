import { assertClock } from '../local/clock-check.ts';
import { localSecrets } from '../local/local-bot.ts';
import { NoStoreError } from '../local/store/data-folder-error.ts';
import { openStore, type IfMissing } from '../local/store/open-store.ts';
import type { OpenedStore } from '../local/store/opened-store.ts';
import { processIdentity, type ProcessIdentity } from '../local/machine/process-identity.ts';
import { ssmParameters } from '../local/ssm-parameters.ts';
import type { Emit } from '../lease/events.ts';
import { hasToken, SecretsReader, type TelegramSecrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import type { StatusStore } from '../status/status-store.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import { openProtocol, type Protocol } from '../wiring/protocol.ts';
import { statusStoreOf } from '../wiring/stores.ts';
import { commandForThisBot } from './invocation.ts';
import type { Target } from './target.ts';
import { CommandError, UsageError } from './usage-error.ts';

/** The objects that an operator's command works with while the store is open. */
export interface Session {
  target: Target;
  store: OpenedStore;
  /** Facts about this deployment, outside the protocol. */
  status: StatusStore;
  identity: ProcessIdentity;
}

/**
 * Opens the store of a target, and closes it whatever happens.
 * @param options.ifMissing the course where a data folder has no store; it is refused by default
 * @throws UsageError for a bare --url; CommandError where there is no store; DataFolderError, StoreSetupError,
 * StoreUnavailableError
 */
export async function withStore<T>(
  target: Target,
  use: (session: Session) => Promise<T>,
  { ifMissing = 'refuse' }: { ifMissing?: IfMissing } = {},
): Promise<T> {
  return useStore(await open(target, ifMissing).catch(explained), target, use);
}

/** The same for a question that has an answer where there is no store. @returns `undefined` then */
export async function withStoreIfAny<T>(
  target: Target,
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const store = await open(target, 'refuse').catch((error: unknown) => {
    if (error instanceof NoStoreError) return undefined;
    throw error;
  });
  return store === undefined ? undefined : useStore(store, target, use);
}

async function open({ env, settings, hasStore }: Target, ifMissing: IfMissing): Promise<OpenedStore> {
  if (!hasStore) {
    throw new UsageError('A URL alone does not tell the table: add --table NAME, or use --stack NAME');
  }
  const { tableName, dataFolder } = settings;
  return openStore({ env, tableName, dataFolder, ifMissing });
}

async function useStore<T>(
  store: OpenedStore,
  target: Target,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    const identity = processIdentity({ hostId: target.settings.hostId });
    return await use({ target, store, status: statusStoreOf(store), identity });
  } finally {
    await store.close();
  }
}

function explained(error: unknown): never {
  if (!(error instanceof NoStoreError)) throw error;
  throw new CommandError(
    `${error.message}. Name the right one with --data (or BOT_DATA), or begin this one: ` +
      `${commandForThisBot('start')}, or ${commandForThisBot('kb import atoms.json')}`,
    { cause: error },
  );
}

/** The token and the webhook secret; what stands for them where a bot on this machine has none. @throws SettingsError */
export async function secretsOf({ settings, deployment }: Target): Promise<TelegramSecrets> {
  if (!hasToken(settings) && deployment === undefined)
    return localSecrets(settings.dataFolder, { create: false });
  return telegramSecretsOf(settings);
}

function telegramSecretsOf({ telegram }: Settings): Promise<TelegramSecrets> {
  return new SecretsReader({ telegram, readParameters: ssmParameters(), nowMs: Date.now }).read();
}

/** A client with the bot's token. @throws SettingsError when there is none */
export async function telegramOf(
  target: Target,
): Promise<{ api: ReturnType<typeof telegramApi>; secrets: TelegramSecrets }> {
  if (!hasToken(target.settings) && target.deployment === undefined) {
    throw new UsageError(
      'No bot token is set: this bot talks to the local Bot API server only. Set TELEGRAM_BOT_TOKEN, or use --stack NAME',
    );
  }
  const secrets = await telegramSecretsOf(target.settings);
  const { apiRoot } = target.settings.telegram;
  return { api: telegramApi({ token: secrets.token, apiRoot }), secrets };
}

/**
 * A command that writes a time into the store, or judges one there, keeps the bound that consumers keep.
 * @throws ClockError, StoreUnavailableError
 */
export async function assertOwnClock({ target, store }: Session): Promise<void> {
  await assertClock(store.client, store.tableName, target.settings.maxClockSkewMs);
}

/** The lease and the ledger of a bot, as an operator sees them. */
export function protocolOf(session: Session, botId: string, emit: Emit = () => {}): Protocol {
  const { target, store, identity } = session;
  return openProtocol({
    client: store.client,
    settings: { ...target.settings, tableName: store.tableName },
    scope: botId,
    holder: identity.holder,
    holderIsDead: identity.isDead,
    emit,
  });
}
