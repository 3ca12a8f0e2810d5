import type { Api } from 'grammy/web';
import type { StatusStore, WebhookStatus } from '../status/status-store.ts';
import { readWebhook, setWebhook, type ActualWebhook } from '../telegram/webhook-state.ts';

/** Two stacks with one token must not fight for ever: after this many the watchdog only raises the alarm. */
export const MAX_RETAKES_AN_HOUR = 3;
const HOUR_MS = 3_600_000;

export interface WatchDeps {
  api: Api;
  botId: string;
  webhookSecret: string;
  status: StatusStore;
  /** `max_connections` of a webhook that is set anew: the layout's partitions. */
  partitions: () => Promise<number>;
  nowMs: () => number;
}

/** What one look at the webhook found and did. */
export interface Sighting {
  actual: ActualWebhook;
  /** It should be ours, and was not when it was looked at. */
  isDrifted: boolean;
  isRetaken: boolean;
  /** It stays another's because it was taken back too often within the hour. */
  isGivenUp: boolean;
}

/**
 * Looks at the webhook, writes down what it saw for `/health`, and takes a webhook back that should be ours: only while
 * an operator wants it on, and at most {@link MAX_RETAKES_AN_HOUR} times an hour.
 * @throws GrammyError, HttpError and StoreUnavailableError
 */
export async function watchWebhook(deps: WatchDeps): Promise<Sighting> {
  const { api, botId, status, nowMs } = deps;
  const [actual, known] = await Promise.all([readWebhook(api), status.webhook(botId)]);
  const checkedAtMs = nowMs();
  const wantedUrl = known?.desired === 'on' ? known.expectedUrl : undefined;
  const isDrifted = wantedUrl !== undefined && actual.url !== wantedUrl;
  const recently = retakesOfTheLastHour(known, checkedAtMs);
  const mayRetake = isDrifted && recently.length < MAX_RETAKES_AN_HOUR;
  // Counted before it is done: a retake that cannot be written down is none that may be repeated every minute.
  const retakenAtMs = mayRetake ? [...recently, checkedAtMs] : recently;
  await status.observeWebhook(botId, {
    checkedAtMs,
    isOurs: known?.expectedUrl !== undefined && actual.url === known.expectedUrl,
    pendingUpdateCount: actual.pendingUpdateCount,
    retakenAtMs,
    lastError: actual.lastError,
    lastErrorAtMs: actual.lastErrorAtMs,
  });
  if (mayRetake) {
    await setWebhook(api, {
      url: wantedUrl,
      secretToken: deps.webhookSecret,
      maxConnections: await deps.partitions(),
    });
  }
  return { actual, isDrifted, isRetaken: mayRetake, isGivenUp: isDrifted && !mayRetake };
}

function retakesOfTheLastHour(known: WebhookStatus | undefined, nowMs: number): number[] {
  return (known?.retakenAtMs ?? []).filter((atMs) => nowMs - atMs < HOUR_MS);
}
