import type { Api, Transformer } from 'grammy/web';
import { GrammyError } from 'grammy/web';
import type { StatusStore, WebhookStatus } from '../status/status-store.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { applyProfile, type BotProfile, chatsWithMenu, hashOf } from '../telegram/bot-profile.ts';
import { type ActualWebhook, connectionsFor, readWebhook } from '../telegram/webhook-state.ts';
import { turnOff, turnOn } from '../telegram/webhook-switch.ts';
import { PROBE_SCOPE } from './probe.ts';
import { explain, foreign, toldBy } from './registration-error.ts';
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

/** What became of it, for the log and the stack's events. */
export interface Registered {
  botUsername: string;
  webhook: 'set' | 'left off';
  /** Menus and descriptions. */
  profile: 'set' | 'unchanged' | 'not set';
}

/**
 * What may be refused, before any traffic moves: a token, a webhook of somebody else, the webhook itself where it is at
 * its address already. Of an ordinary update nothing is left for {@link register} then that anybody could refuse.
 * @throws RegistrationError
 */
export async function prepare(deps: RegistrationDeps, desired: DesiredRegistration): Promise<Registered> {
  return forgiving(deps, desired, async () => {
    const look = await lookAround(deps, desired);
    const { me, known, actual } = look;
    const isStopped = known?.desired === 'off';
    const isThere = known?.desired === 'on' && actual.url === desired.webhookUrl;
    if (isStopped || isThere) {
      await switchWebhook(deps, desired, { ...look, isStopped });
      await deps.registrations.recordPrepared(desired.hash);
    }
    deps.log('prepared', { botUsername: me.username, webhook: isThere ? 'set' : 'left off' });
    return { botUsername: me.username, webhook: isThere ? 'set' : 'left off', profile: 'unchanged' };
  });
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
  if (request === 'update' && (await isPrepared(deps, desired))) return finish(deps, desired);
  const bringing = () => bringAbout(deps, desired, request);
  return request === 'create' ? explaining(deps, bringing) : forgiving(deps, desired, bringing);
}

/** CloudFormation on its way back to what was in force must get there, or the stack is stuck. */
async function forgiving(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  work: () => Promise<Registered>,
): Promise<Registered> {
  try {
    return await explaining(deps, work);
  } catch (problem) {
    if (!(await isInForce(deps, desired))) throw problem;
    deps.log('rollback-unconfirmed', { reason: (problem as Error).message });
    return { botUsername: 'unknown', webhook: 'left off', profile: 'not set' };
  }
}

async function explaining(deps: RegistrationDeps, work: () => Promise<Registered>): Promise<Registered> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, deps);
  }
}

/** The traffic has moved: what is left is for menus and notes, and no reason to take it back. */
async function finish(deps: RegistrationDeps, desired: DesiredRegistration): Promise<Registered> {
  const { status, log, nowMs } = deps;
  try {
    const secrets = await deps.secrets();
    await status.recordFirstServed(secrets.botId, desired.version, nowMs());
    const { told, applied } = await decorate(deps, apiUntil(deps, secrets));
    await deps.registrations.recordApplied({ hash: desired.hash, ...applied });
    return { botUsername: (await status.bot())?.username ?? 'unknown', webhook: 'set', profile: told };
  } catch (error) {
    log('not-finished', { reason: explain(error, deps).message });
    return { botUsername: 'unknown', webhook: 'set', profile: 'not set' };
  }
}

interface Look {
  api: Api;
  secrets: TelegramSecrets;
  me: Awaited<ReturnType<Api['getMe']>>;
  /** What an operator or a deployment wanted last. */
  known: WebhookStatus | undefined;
  actual: ActualWebhook;
  partitions: number;
}

/** Everything but the webhook: whose token it is, whether the webhook may be set, the lease's layout, whose table it is. */
async function lookAround(deps: RegistrationDeps, desired: DesiredRegistration): Promise<Look> {
  const { status, signal } = deps;
  const secrets = await deps.secrets();
  const { botId } = secrets;
  const api = apiUntil(deps, secrets);
  const me = await api.getMe();
  signal.throwIfAborted();
  const known = await status.webhook(botId);
  const actual = await readWebhook(api);
  const ours = ['', desired.webhookUrl, known?.expectedUrl];
  if (!ours.includes(actual.url) && !desired.takeOverWebhook) throw foreign(actual.url, me.username);

  const { partitions } = await activateLayout(deps.leasesOf(botId), desired.partitions);
  // Where the watchdog's synthetic updates are handled.
  await activateLayout(deps.leasesOf(`${botId}${PROBE_SCOPE}`), 1);
  signal.throwIfAborted();
  await status.saveBot({ id: me.id, username: me.username, firstName: me.first_name }, { ownsTable: true });
  signal.throwIfAborted();
  return { api, secrets, me, known, actual, partitions };
}

async function switchWebhook(
  { status, signal }: RegistrationDeps,
  { webhookUrl: url }: DesiredRegistration,
  { api, secrets, partitions, isStopped }: Look & { isStopped: boolean },
): Promise<void> {
  const { botId, webhookSecret: secretToken } = secrets;
  signal.throwIfAborted();
  if (isStopped) return status.desireWebhook(botId, { desired: 'off', expectedUrl: url });
  await turnOn({ api, status, botId }, { url, secretToken, maxConnections: connectionsFor(partitions) });
}

async function bringAbout(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  request: 'create' | 'update',
): Promise<Registered> {
  const { status, registrations, log, signal } = deps;
  const look = await lookAround(deps, desired);
  const { api, secrets, me, known, partitions } = look;
  await status.recordFirstServed(secrets.botId, desired.version, deps.nowMs());
  const isStopped = request === 'update' && known?.desired === 'off';
  await switchWebhook(deps, desired, { ...look, isStopped });
  signal.throwIfAborted();
  const { told, applied } = await decorate(deps, api);
  await registrations.recordApplied({ hash: desired.hash, ...applied });
  const registered: Registered = {
    botUsername: me.username,
    webhook: isStopped ? 'left off' : 'set',
    profile: told,
  };
  log('registered', { ...registered, partitions });
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

async function isPrepared(
  { registrations }: RegistrationDeps,
  { hash }: DesiredRegistration,
): Promise<boolean> {
  return (await registrations.lastPrepared().catch(() => undefined)) === hash;
}

async function isInForce(deps: RegistrationDeps, desired: DesiredRegistration): Promise<boolean> {
  const applied = await deps.registrations.lastApplied().catch(() => undefined);
  return applied?.hash === desired.hash;
}
