import { GrammyError, type Api } from 'grammy/web';
import type { StatusStore, WebhookStatus } from '../status/status-store.ts';
import {
  deleteWebhookIfOurs,
  hostOf,
  readWebhook,
  setWebhook,
  type ActualWebhook,
  type DesiredWebhook,
} from './webhook-state.ts';

export interface SwitchDeps {
  api: Api;
  status: Pick<StatusStore, 'webhook' | 'desireWebhook'>;
  botId: string;
}

/** Telegram refused the webhook; what was wanted before is wanted again. */
export class WebhookRefusedError extends Error {
  override readonly name = 'WebhookRefusedError';
  readonly forOperator = true;
  declare readonly cause: GrammyError;

  constructor(cause: GrammyError, aftermath: string) {
    super(`Telegram refused setWebhook: ${cause.error_code} ${cause.description}. ${aftermath}`, { cause });
  }
}

/**
 * Sets the webhook. The wish is written down first, or the watchdog would take the webhook back. Where Telegram refuses
 * the webhook, the former wish is written down again, or the watchdog would carry out later what was refused. Where no
 * answer came the wish stands, since the webhook may be set.
 * @throws WebhookRefusedError where Telegram answered that it does not set it
 * @throws GrammyError of another call, HttpError, StoreUnavailableError
 */
export async function turnOn(deps: SwitchDeps, desired: DesiredWebhook): Promise<void> {
  const { api, status, botId } = deps;
  const [former, before] = await Promise.all([status.webhook(botId), readWebhook(api)]);
  await status.desireWebhook(botId, { desired: 'on', expectedUrl: desired.url });
  try {
    await setWebhook(api, desired);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await wantAgain(deps, former);
    throw new WebhookRefusedError(error, await putBack(deps, { desired, before, former }));
  }
}

/**
 * Asks whether Telegram takes an address at which nobody answers yet, and puts back what was set, which has to be ours.
 * It resolves the host, and calls nobody there (https://github.com/tdlib/telegram-bot-api, WebhookActor.cpp). Pending
 * updates are delivered a second later. The wish stays as it is, so that the watchdog sets again what could not be put
 * back.
 * @throws WebhookRefusedError where Telegram answered that it does not set it
 * @throws GrammyError of another call, HttpError, StoreUnavailableError
 */
export async function tryOut(deps: SwitchDeps, desired: DesiredWebhook): Promise<void> {
  const { api, status, botId } = deps;
  const [former, before] = await Promise.all([status.webhook(botId), readWebhook(api)]);
  try {
    await setWebhook(api, desired);
  } catch (error) {
    if (isRefusal(error))
      throw new WebhookRefusedError(error, await putBack(deps, { desired, before, former }));
    // It may have been set.
    await setAsBefore(api, { desired, before }).catch(() => undefined);
    throw error;
  }
  await setAsBefore(api, { desired, before });
}

/**
 * Takes the webhook away: the one at this address, or with `any` whosever it is.
 * @returns whether there was one to delete
 * @throws GrammyError, HttpError, StoreUnavailableError
 */
export async function turnOff(deps: SwitchDeps, which: { url: string } | { any: true }): Promise<boolean> {
  const { api, status, botId } = deps;
  const former = await status.webhook(botId);
  const url = 'url' in which ? which.url : undefined;
  await status.desireWebhook(botId, { desired: 'off', ...(url !== undefined && { expectedUrl: url }) });
  try {
    if (url !== undefined) return await deleteWebhookIfOurs(api, url);
    return await api.deleteWebhook({ drop_pending_updates: false });
  } catch (error) {
    if (isRefusal(error)) await wantAgain(deps, former);
    throw error;
  }
}

/**
 * Sets the webhook that is wanted already. The wish is read again right before, and once more afterwards: an operator
 * who found no webhook to delete may have switched it off meanwhile.
 * @returns whether it was wanted all the while, and is set
 * @throws GrammyError, HttpError, StoreUnavailableError
 */
export async function retake(deps: SwitchDeps, desired: DesiredWebhook): Promise<boolean> {
  const { api } = deps;
  const { url } = desired;
  if ((await wantedUrl(deps)) !== url) return false;
  await setWebhook(api, desired);
  if ((await wantedUrl(deps)) === url) return true;
  await deleteWebhookIfOurs(api, url);
  return false;
}

/**
 * Moves the webhook to an address that was tried out. The wish stands even where the webhook cannot be set: the watchdog
 * carries it out.
 * @param settings read once the wish is written down, since they may fail as well
 * @throws StoreUnavailableError where the wish could not be written down
 */
export async function moveTo(
  { api, status, botId }: SwitchDeps,
  url: string,
  settings: () => Promise<Omit<DesiredWebhook, 'url'>>,
): Promise<{ kind: 'set' } | { kind: 'left'; error: unknown }> {
  await status.desireWebhook(botId, { desired: 'on', expectedUrl: url });
  try {
    await setWebhook(api, { ...(await settings()), url });
    return { kind: 'set' };
  } catch (error) {
    return { kind: 'left', error };
  }
}

/** Leaves a webhook off that an operator turned off; this is the address for turning it on. @throws StoreUnavailableError */
export async function stayOff(
  { status, botId }: Pick<SwitchDeps, 'status' | 'botId'>,
  url: string,
): Promise<void> {
  await status.desireWebhook(botId, { desired: 'off', expectedUrl: url });
}

/** Where an operator wants updates delivered now; `undefined`: nowhere. @throws StoreUnavailableError */
export async function wantedUrl({ status, botId }: SwitchDeps): Promise<string | undefined> {
  const known = await status.webhook(botId);
  return known?.desired === 'on' ? known.expectedUrl : undefined;
}

/** After an error of Telegram's own (5xx) the webhook may have been set. */
function isRefusal(error: unknown): error is GrammyError {
  return error instanceof GrammyError && error.error_code < 500;
}

async function wantAgain({ status, botId }: SwitchDeps, former: WebhookStatus | undefined): Promise<void> {
  const { desired = 'off', expectedUrl } = former ?? {};
  await status.desireWebhook(botId, { desired, ...(expectedUrl !== undefined && { expectedUrl }) });
}

/**
 * Telegram closes the webhook that is set before it looks at the new one, so that a refusal may leave none:
 * https://github.com/tdlib/telegram-bot-api, Client::process_set_webhook_query.
 * @returns the webhook that is set now, in words
 */
async function putBack(
  { api }: SwitchDeps,
  at: { desired: DesiredWebhook; before: ActualWebhook; former: WebhookStatus | undefined },
): Promise<string> {
  const { desired, before, former } = at;
  try {
    const { url } = await readWebhook(api);
    if (url !== '') return `The webhook at ${hostOf(url)} is as it was`;
    if (before.url === '') return 'No webhook is set, as before';
    if (former?.desired !== 'on' || former.expectedUrl !== before.url)
      return `The webhook at ${hostOf(before.url)}, which was somebody else’s, is gone`;
    await setAsBefore(api, { desired, before });
    return `The webhook at ${hostOf(before.url)} is set again`;
  } catch {
    return `The webhook at ${hostOf(before.url)} may be gone; a deployment’s watchdog sets it again within a minute`;
  }
}

async function setAsBefore(
  api: Api,
  { desired, before }: { desired: DesiredWebhook; before: ActualWebhook },
): Promise<void> {
  const { url, maxConnections = desired.maxConnections } = before;
  if (url === '') await api.deleteWebhook({ drop_pending_updates: false });
  else await setWebhook(api, { url, secretToken: desired.secretToken, maxConnections });
}
