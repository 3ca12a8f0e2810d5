import type { Api } from 'grammy/web';
import type { StatusStore, WebhookStatus } from '../status/status-store.ts';
import {
  asksForLess,
  connectionsFor,
  deleteWebhookIfOurs,
  readWebhook,
  type ActualWebhook,
} from '../telegram/webhook-state.ts';
import { retake, wantedUrl } from '../telegram/webhook-switch.ts';

/** Two stacks with one token must not fight for ever: after this many the watchdog only raises the alarm. */
const MAX_RETAKES_AN_HOUR = 3;
const HOUR_MS = 3_600_000;

export interface WatchDeps {
  api: Api;
  botId: string;
  webhookSecret: string;
  status: StatusStore;
  /** The number of partitions of the layout in force, which `max_connections` follows. */
  partitions: () => Promise<number>;
  nowMs: () => number;
}

/** The finding of one look at the webhook, and the deeds that followed. */
export interface Sighting {
  actual: ActualWebhook;
  /** An operator wants updates delivered to us. */
  isWanted: boolean;
  /** It should be ours, with all that we handle, and was not when it was looked at, or was ours and should be off. */
  isDrifted: boolean;
  /** It was set again, and was still wanted afterwards. */
  isRetaken: boolean;
  /** It was ours although it should be off, and was taken away. */
  isRemoved: boolean;
  /** It stays another's because it was taken back too often within the hour. */
  isLeftToOthers: boolean;
}

/**
 * Looks at the webhook, writes down what it saw for `/health`, and takes a webhook back that should be ours: only while
 * an operator wants it on, and at most {@link MAX_RETAKES_AN_HOUR} times an hour. One that is ours and should be off is
 * taken away; anybody else's is left alone. A round takes seconds, so the operator's wish is read again right before
 * each of the two, and once more after setting it.
 * @throws GrammyError, HttpError and StoreUnavailableError
 */
export async function watchWebhook(deps: WatchDeps): Promise<Sighting> {
  const { api, botId, status, nowMs } = deps;
  const [actual, known] = await Promise.all([readWebhook(api), status.webhook(botId)]);
  const checkedAtMs = nowMs();
  const wanted = known?.desired === 'on' ? known.expectedUrl : undefined;
  const isMissing = wanted !== undefined && (actual.url !== wanted || asksForLess(actual));
  const isLeftOver = known?.desired === 'off' && actual.url !== '' && actual.url === known.expectedUrl;
  const recently = retakesOfTheLastHour(known, checkedAtMs);
  const mayRetake = isMissing && recently.length < MAX_RETAKES_AN_HOUR;
  // Counted before it is done: a retake that could not be written down would be repeated every minute.
  const retakenAtMs = mayRetake ? [...recently, checkedAtMs] : recently;
  await status.observeWebhook(botId, {
    checkedAtMs,
    isOurs: known?.expectedUrl !== undefined && actual.url === known.expectedUrl,
    pendingUpdateCount: actual.pendingUpdateCount,
    retakenAtMs,
    lastError: actual.lastError,
    lastErrorAtMs: actual.lastErrorAtMs,
  });
  const isRetaken = mayRetake && (await takeBack(deps, wanted));
  const isRemoved = isLeftOver && (await wantedUrl(deps)) === undefined;
  if (isRemoved) await deleteWebhookIfOurs(api, actual.url);
  return {
    actual,
    isWanted: wanted !== undefined,
    isDrifted: isMissing || isLeftOver,
    isRetaken,
    isRemoved,
    isLeftToOthers: isMissing && !mayRetake,
  };
}

async function takeBack(deps: WatchDeps, url: string): Promise<boolean> {
  const maxConnections = connectionsFor(await deps.partitions());
  return retake(deps, { url, secretToken: deps.webhookSecret, maxConnections });
}

function retakesOfTheLastHour(known: WebhookStatus | undefined, nowMs: number): number[] {
  return (known?.retakenAtMs ?? []).filter((atMs) => nowMs - atMs < HOUR_MS);
}
