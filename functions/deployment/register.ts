import type { Api } from 'grammy/web';
import { GrammyError } from 'grammy/web';
import type { StatusStore, WebhookStatus } from '../status/status-store.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { applyProfile, type BotProfile, chatsWithMenu, hashOf } from '../telegram/bot-profile.ts';
import { endBySignal } from '../telegram/end-by-signal.ts';
import { type ActualWebhook, connectionsFor, readWebhook } from '../telegram/webhook-state.ts';
import { tryOut, turnOff, turnOn, moveTo, stayOff } from '../telegram/webhook-switch.ts';
import { PROBE_SCOPE } from './probe.ts';
import { explain, foreign, toldBy } from './registration-error.ts';
import type { Applied, RegistrationStore } from './registration-store.ts';

/** The state that a deployment declares. */
export interface DesiredRegistration {
  webhookUrl: string;
  /** For the first layout; a layout that exists is changed by `bot partitions set`, never by a deployment. */
  partitions: number;
  version: string;
  /** The hash of everything that is declared. CloudFormation sends an Update when it changes. */
  hash: string;
  /** Replace a webhook that somebody else has set. */
  takeOverWebhook: boolean;
  /** CloudFormation's own id of this request, also when Lambda delivers it twice. */
  requestId: string;
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
  /**
   * Once this is aborted nothing more is begun: CloudFormation hears that the request failed, and must be able to
   * believe it.
   */
  signal: AbortSignal;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** The result of a registration, for the log and the stack's events. */
export interface Registered {
  botUsername: string;
  webhook: 'set' | 'left off';
  /** Menus and descriptions. */
  profile: 'set' | 'unchanged' | 'not set';
}

/**
 * Does the steps that may be refused before any traffic moves: the token is tried, a webhook of somebody else is found,
 * and the webhook itself is set. A new address is only tried out, since nobody answers there yet. After that, an update
 * leaves {@link register} no step that would have to take the traffic back.
 * @throws RegistrationError
 */
export async function prepare(deps: RegistrationDeps, desired: DesiredRegistration): Promise<Registered> {
  return forgiving(deps, desired, async () => {
    const look = await lookAround(deps, desired);
    const { me, known, isForeign } = look;
    const { webhookUrl: url, hash } = desired;
    const isStopped = known?.desired === 'off';
    const isAnswered = known?.desired === 'on' && known.expectedUrl === url && !isForeign;
    // One that is to be taken over could not be put back: its secret is somebody else's.
    if (isStopped || isAnswered) await switchWebhook(deps, desired, { ...look, isStopped });
    else if (!isForeign) await tryOut(...switchOf(deps, desired, look));
    if (!isForeign) await deps.registrations.recordPrepared(hash);
    const webhook = isAnswered ? 'set' : 'left off';
    deps.log('prepared', { botUsername: me.username, webhook });
    return { botUsername: me.username, webhook, profile: 'unchanged' };
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

/** CloudFormation on its way back to what was in force, or is still, must get there, or the stack is stuck. */
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

/**
 * The traffic has moved: what is left is no reason to take it back. A webhook that moves with it was tried out; where
 * Telegram does not answer now, the watchdog sets it within minutes.
 */
async function finish(deps: RegistrationDeps, desired: DesiredRegistration): Promise<Registered> {
  const { status, log, nowMs } = deps;
  try {
    await status.recordDeployment(desired, nowMs());
    const secrets = await deps.secrets();
    const api = apiUntil(deps, secrets);
    await moveWebhook(deps, desired, { api, secrets });
    const { told, applied } = await decorate(deps, api);
    await deps.registrations.recordApplied({ hash: desired.hash, ...applied });
    return { botUsername: (await status.bot())?.username ?? 'unknown', webhook: 'set', profile: told };
  } catch (error) {
    log('not-finished', { reason: explain(error, deps).message });
    return { botUsername: 'unknown', webhook: 'set', profile: 'not set' };
  }
}

async function moveWebhook(
  deps: RegistrationDeps,
  { webhookUrl: url }: DesiredRegistration,
  { api, secrets: { botId, webhookSecret: secretToken } }: Pick<Look, 'api' | 'secrets'>,
): Promise<void> {
  const { status, leasesOf, log } = deps;
  const known = await status.webhook(botId);
  if (known?.desired === 'off' || known?.expectedUrl === url) return;
  const moved = await moveTo({ api, status, botId }, url, async () => {
    const layout = await leasesOf(botId).readLayout();
    return { secretToken, maxConnections: connectionsFor(layout?.partitions ?? 1) };
  });
  if (moved.kind === 'left') log('webhook-left-to-watchdog', { reason: explain(moved.error, deps).message });
}

interface Look {
  api: Api;
  secrets: TelegramSecrets;
  me: Awaited<ReturnType<Api['getMe']>>;
  /** The last wish of an operator or a deployment. */
  known: WebhookStatus | undefined;
  actual: ActualWebhook;
  /** Somebody else has set it, and it may be taken over. */
  isForeign: boolean;
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
  const isForeign = !ours.includes(actual.url);
  if (isForeign && !desired.takeOverWebhook) throw foreign(actual.url, me.username);

  const { partitions } = await activateLayout(deps.leasesOf(botId), desired.partitions);
  // Where the watchdog's synthetic updates are handled.
  await activateLayout(deps.leasesOf(`${botId}${PROBE_SCOPE}`), 1);
  signal.throwIfAborted();
  await status.saveBot({ id: me.id, username: me.username, firstName: me.first_name }, { ownsTable: true });
  signal.throwIfAborted();
  return { api, secrets, me, known, actual, isForeign, partitions };
}

async function switchWebhook(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  look: Look & { isStopped: boolean },
): Promise<void> {
  if (!look.isStopped) return turnOn(...switchOf(deps, desired, look));
  deps.signal.throwIfAborted();
  await stayOff({ status: deps.status, botId: look.secrets.botId }, desired.webhookUrl);
}

function switchOf(
  { status, signal }: RegistrationDeps,
  { webhookUrl: url }: DesiredRegistration,
  { api, secrets, partitions }: Look,
): Parameters<typeof turnOn> {
  const { botId, webhookSecret: secretToken } = secrets;
  signal.throwIfAborted();
  return [
    { api, status, botId },
    { url, secretToken, maxConnections: connectionsFor(partitions) },
  ];
}

async function bringAbout(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  request: 'create' | 'update',
): Promise<Registered> {
  const { status, registrations, log, signal, nowMs } = deps;
  // Before anything that may fail: the traffic has moved, on the way back from a deployment as well.
  await status.recordDeployment(desired, nowMs());
  const look = await lookAround(deps, desired);
  const { api, me, known, partitions } = look;
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
 * nothing about them fails a deployment: the log names the part that was not set, and the next deployment tries it
 * again.
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
 * Takes the webhook away if it is still this deployment's. Nothing here may keep a stack from being deleted: the log
 * names a step that failed.
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
  api.config.use(endBySignal(() => signal));
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
  return applied?.hash === desired.hash || applied?.formerHash === desired.hash;
}
