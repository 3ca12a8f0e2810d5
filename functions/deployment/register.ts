import type { Api, Transformer } from 'grammy/web';
import { GrammyError, HttpError } from 'grammy/web';
import type { StatusStore } from '../status/status-store.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { SettingsError } from '../settings/settings.ts';
import { applyProfile, type BotProfile, chatsWithMenu, hashOf } from '../telegram/bot-profile.ts';
import { whyUnanswered } from '../telegram/unanswered.ts';
import { connectionsFor, hostOf, readWebhook } from '../telegram/webhook-state.ts';
import { turnOff, turnOn, WebhookRefusedError } from '../telegram/webhook-switch.ts';
import { PROBE_SCOPE } from './probe.ts';
import type { Applied, RegistrationStore } from './registration-store.ts';

/** What a deployment declares. */
export interface DesiredRegistration {
  webhookUrl: string;
  /** For the first layout; a layout that exists is changed by `bot partitions set`, never by a deployment. */
  partitions: number;
  version: string;
  /** Of everything that is declared; a change of it is what brings an Update about. */
  hash: string;
  /** Replace a webhook that somebody else has set. */
  takeOverWebhook: boolean;
}

export interface RegistrationDeps {
  /** @throws SettingsError */
  secrets: () => Promise<TelegramSecrets>;
  apiOf: (secrets: TelegramSecrets) => Api;
  apiRoot: string;
  leasesOf: (botId: string) => LeaseStore;
  status: StatusStore;
  registrations: RegistrationStore;
  profile: BotProfile;
  nowMs: () => number;
  /** From when on nothing more is begun: CloudFormation is told that it failed, and must be able to believe it. */
  signal: AbortSignal;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** Why the deployment cannot go on, and what to do about it. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

/** What became of it, for the log and the stack's events. */
export interface Registered {
  botUsername: string;
  webhook: 'set' | 'left off';
  /** Menus and descriptions. */
  profile: 'set' | 'unchanged' | 'not set';
}

/**
 * Brings the declared state about: the lease's layout before the webhook, the webhook before the menus, and last the
 * note that all of it is done. Each step may be repeated.
 * @throws RegistrationError
 */
export async function register(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  request: 'create' | 'update',
): Promise<Registered> {
  try {
    return await bringAbout(deps, desired, request);
  } catch (error) {
    const problem = explain(error, deps);
    if (request === 'update' && (await isInForce(deps, desired))) {
      // CloudFormation is on its way back to what was in force. It must get there, or the stack is stuck.
      deps.log('rollback-unconfirmed', { reason: problem.message });
      return { botUsername: 'unknown', webhook: 'left off', profile: 'not set' };
    }
    throw problem;
  }
}

async function bringAbout(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  request: 'create' | 'update',
): Promise<Registered> {
  const { status, registrations, log, signal } = deps;
  const secrets = await deps.secrets();
  const { botId } = secrets;
  const api = apiUntil(deps, secrets);
  const me = await api.getMe();
  signal.throwIfAborted();
  const known = await status.webhook(botId);
  const actual = await readWebhook(api);
  const ours = ['', desired.webhookUrl, known?.expectedUrl];
  if (!ours.includes(actual.url) && !desired.takeOverWebhook) throw foreign(actual.url, me.username);

  const layout = await activateLayout(deps.leasesOf(botId), desired.partitions);
  // Where the watchdog's synthetic updates are handled.
  await activateLayout(deps.leasesOf(`${botId}${PROBE_SCOPE}`), 1);
  signal.throwIfAborted();
  await status.saveBot({ id: me.id, username: me.username, firstName: me.first_name });
  signal.throwIfAborted();
  await status.recordFirstServed(botId, desired.version, deps.nowMs());
  const isStopped = request === 'update' && known?.desired === 'off';
  signal.throwIfAborted();
  if (isStopped) await status.desireWebhook(botId, { desired: 'off', expectedUrl: desired.webhookUrl });
  else {
    await turnOn(
      { api, status, botId },
      {
        url: desired.webhookUrl,
        secretToken: secrets.webhookSecret,
        maxConnections: connectionsFor(layout.partitions),
      },
    );
  }
  signal.throwIfAborted();
  const { told, applied } = await decorate(deps, api);
  await registrations.recordApplied({ hash: desired.hash, ...applied });
  const registered: Registered = {
    botUsername: me.username,
    webhook: isStopped ? 'left off' : 'set',
    profile: told,
  };
  log('registered', { ...registered, partitions: layout.partitions });
  return registered;
}

/**
 * Menus and descriptions are decoration: the bot answers without them, and Telegram may refuse them for a day. So
 * nothing about them fails a deployment; what was not set is told, and tried again by the next one.
 */
async function decorate(
  { registrations, profile, log }: RegistrationDeps,
  api: Api,
): Promise<{ told: Registered['profile']; applied: Omit<Applied, 'hash'> }> {
  const before = await registrations.lastApplied();
  const formerChatIds = before?.menuChatIds ?? [];
  const menuChatIds = chatsWithMenu(profile);
  const profileHash = hashOf(profile);
  if (before?.profileHash === profileHash)
    return { told: 'unchanged', applied: { menuChatIds, profileHash } };
  try {
    const leftOut = await applyProfile(api, profile, { formerChatIds });
    if (leftOut.length > 0) log('menus-left-out', { menus: leftOut.length });
    // An administrator whose chat was left out may have written to the bot by the next one.
    return { told: 'set', applied: { menuChatIds, ...(leftOut.length === 0 && { profileHash }) } };
  } catch (error) {
    const reason = error instanceof GrammyError ? toldBy(error) : String(error);
    log('profile-not-set', { reason });
    // Some of the menus may be there by now, and some of the former ones still.
    return { told: 'not set', applied: { menuChatIds: [...new Set([...formerChatIds, ...menuChatIds])] } };
  }
}

/**
 * Takes the webhook away if it is still this deployment's. Nothing here may keep a stack from being deleted: what
 * could not be done is told instead.
 */
export async function unregister(deps: RegistrationDeps, webhookUrl: string): Promise<void> {
  try {
    const secrets = await deps.secrets();
    const { botId } = secrets;
    const api = apiUntil(deps, secrets);
    const wasOurs = await turnOff({ api, status: deps.status, botId }, { url: webhookUrl });
    deps.log('unregistered', { webhook: wasOurs ? 'deleted' : 'not ours, left as it is' });
  } catch (error) {
    deps.log('webhook-not-deleted', { reason: explain(error, deps).message });
  }
}

/** A client whose calls end, and begin no more, when the time is up. */
function apiUntil({ apiOf, signal }: RegistrationDeps, secrets: TelegramSecrets): Api {
  const api = apiOf(secrets);
  // grammY's types name the signal of a polyfill; what it takes is the platform's own.
  type GrammySignal = Parameters<Transformer>[3];
  api.config.use((prev, method, payload) => prev(method, payload, signal as unknown as GrammySignal));
  return api;
}

async function isInForce(deps: RegistrationDeps, desired: DesiredRegistration): Promise<boolean> {
  const applied = await deps.registrations.lastApplied().catch(() => undefined);
  return applied?.hash === desired.hash;
}

const UNCHANGED = 'Then deploy again; whatever ran before runs on.';
export const TOO_SLOW = 'Telegram or the table answered too slowly: wait until they answer';

function foreign(url: string, username: string): RegistrationError {
  return new RegistrationError(
    `The webhook of @${username} is set by somebody else, at ${hostOf(url)}: another deployment has the same token. ` +
      'Give this one a bot of its own, or stop the other, or take it over with `-c takeOverWebhook=true`. ' +
      UNCHANGED,
  );
}

function explain(error: unknown, { apiRoot, signal }: RegistrationDeps): Error {
  if (error instanceof RegistrationError) return error;
  if (signal.aborted) return new RegistrationError(`${TOO_SLOW}. ${UNCHANGED}`);
  if (error instanceof SettingsError) return new RegistrationError(`${error.message}. ${UNCHANGED}`);
  if (error instanceof WebhookRefusedError) {
    return new RegistrationError(`${error.message}. Mend what Telegram names, then deploy again.`);
  }
  if (error instanceof GrammyError) return new RegistrationError(explainAnswer(error));
  if (error instanceof HttpError) {
    return new RegistrationError(
      `Telegram could not be reached at ${hostOf(apiRoot)} (${whyUnanswered(error)}): wait until https://core.telegram.org answers. ${UNCHANGED}`,
    );
  }
  if (error instanceof StoreUnavailableError) {
    return new RegistrationError(`The table cannot be used: ${error.message}. ${UNCHANGED}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

const toldBy = ({ method, error_code: code, description }: GrammyError): string =>
  `${method}: ${code} ${description}`;

function explainAnswer(error: GrammyError): string {
  const told = toldBy(error);
  const isRefused = error.error_code === 401 || error.error_code === 404;
  const advice = isRefused
    ? 'The token is not valid any more: store the one that @BotFather shows with `bot secrets set token`.'
    : 'Telegram says what is wrong with it.';
  return `Telegram refused ${told}. ${advice} ${UNCHANGED}`;
}
