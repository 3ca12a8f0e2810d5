import type { Api } from 'grammy/web';
import { GrammyError, HttpError } from 'grammy/web';
import type { StatusStore } from '../status/status-store.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { SettingsError } from '../settings/settings.ts';
import { applyProfile, type BotProfile } from '../telegram/bot-profile.ts';
import { deleteWebhookIfOurs, hostOf, readWebhook, setWebhook } from '../telegram/webhook-state.ts';
import type { RegistrationStore } from './registration-store.ts';

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
    const problem = explain(error, deps.apiRoot);
    if (request === 'update' && (await isInForce(deps, desired))) {
      // CloudFormation is on its way back to what was in force. It must get there, or the stack is stuck.
      deps.log('rollback-unconfirmed', { reason: problem.message });
      return { botUsername: 'unknown', webhook: 'left off' };
    }
    throw problem;
  }
}

async function bringAbout(
  deps: RegistrationDeps,
  desired: DesiredRegistration,
  request: 'create' | 'update',
): Promise<Registered> {
  const { status, registrations, profile, log } = deps;
  const secrets = await deps.secrets();
  const { botId } = secrets;
  const api = deps.apiOf(secrets);
  const me = await api.getMe();
  const known = await status.webhook(botId);
  const actual = await readWebhook(api);
  const ours = ['', desired.webhookUrl, known?.expectedUrl];
  if (!ours.includes(actual.url) && !desired.takeOverWebhook) throw foreign(actual.url, me.username);

  const layout = await activateLayout(deps.leasesOf(botId), desired.partitions);
  await status.saveBot({ id: me.id, username: me.username, firstName: me.first_name });
  await status.recordFirstServed(botId, desired.version, deps.nowMs());
  const isStopped = request === 'update' && known?.desired === 'off';
  await status.desireWebhook(botId, { desired: isStopped ? 'off' : 'on', expectedUrl: desired.webhookUrl });
  if (!isStopped) {
    await setWebhook(api, {
      url: desired.webhookUrl,
      secretToken: secrets.webhookSecret,
      maxConnections: layout.partitions,
    });
  }
  const leftOut = await applyProfile(api, profile);
  await registrations.recordApplied(desired.hash);
  const registered: Registered = { botUsername: me.username, webhook: isStopped ? 'left off' : 'set' };
  log('registered', { ...registered, menus_left_out: leftOut.length, partitions: layout.partitions });
  return registered;
}

/**
 * Takes the webhook away if it is still this deployment's. Nothing here may keep a stack from being deleted: what
 * could not be done is told instead.
 */
export async function unregister(deps: RegistrationDeps, webhookUrl: string): Promise<void> {
  try {
    const secrets = await deps.secrets();
    // First, or the watchdog would take back what is being taken away.
    await deps.status.desireWebhook(secrets.botId, { desired: 'off' });
    const wasOurs = await deleteWebhookIfOurs(deps.apiOf(secrets), webhookUrl);
    deps.log('unregistered', { webhook: wasOurs ? 'deleted' : 'not ours, left as it is' });
  } catch (error) {
    deps.log('webhook-not-deleted', { reason: explain(error, deps.apiRoot).message });
  }
}

async function isInForce(deps: RegistrationDeps, desired: DesiredRegistration): Promise<boolean> {
  const applied = await deps.registrations.lastApplied().catch(() => undefined);
  return applied === desired.hash;
}

const UNCHANGED = 'Then deploy again; what ran before runs on.';

function foreign(url: string, username: string): RegistrationError {
  return new RegistrationError(
    `The webhook of @${username} is set by somebody else, at ${hostOf(url)}: another deployment has the same token. ` +
      'Give this one a bot of its own, or stop the other, or take it over with `-c takeOverWebhook=true`. ' +
      UNCHANGED,
  );
}

function explain(error: unknown, apiRoot: string): Error {
  if (error instanceof RegistrationError) return error;
  if (error instanceof SettingsError) return new RegistrationError(`${error.message}. ${UNCHANGED}`);
  if (error instanceof GrammyError) return new RegistrationError(explainAnswer(error));
  if (error instanceof HttpError) {
    return new RegistrationError(
      `Telegram could not be reached at ${hostOf(apiRoot)}: wait until https://core.telegram.org answers. ${UNCHANGED}`,
    );
  }
  if (error instanceof StoreUnavailableError) {
    return new RegistrationError(`The table could not be reached: ${error.message}. ${UNCHANGED}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

function explainAnswer(error: GrammyError): string {
  const told = `${error.method}: ${error.error_code} ${error.description}`;
  const isRefused = error.error_code === 401 || error.error_code === 404;
  const advice = isRefused
    ? 'The token is not valid any more: store the one that @BotFather shows with `bot secrets set token`.'
    : 'Telegram says what is wrong with it.';
  return `Telegram refused ${told}. ${advice} ${UNCHANGED}`;
}
