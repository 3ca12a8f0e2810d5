import type { Api } from 'grammy/web';
import { ALLOWED_UPDATES } from './allowed-updates.ts';

/** The webhook as it should be. */
export interface DesiredWebhook {
  url: string;
  secretToken: string;
  /** @see connectionsFor */
  maxConnections: number;
}

const PARTITIONS_A_CONNECTION = 4;

/**
 * Over how many connections Telegram delivers to a lease of so many partitions: few enough that two deliveries seldom meet
 * in one. `npm run bench:contention` measures it.
 */
export function connectionsFor(partitions: number): number {
  return Math.ceil(partitions / PARTITIONS_A_CONNECTION);
}

/** The webhook as Telegram has it; the secret token is never told. */
export interface ActualWebhook {
  /** Empty: none is set. */
  url: string;
  pendingUpdateCount: number;
  maxConnections?: number;
  allowedUpdates?: readonly string[];
  lastError?: string;
  lastErrorAtMs?: number;
}

/** @throws GrammyError and HttpError */
export async function readWebhook(api: Api): Promise<ActualWebhook> {
  const info = await api.getWebhookInfo();
  return {
    url: info.url ?? '',
    pendingUpdateCount: info.pending_update_count,
    maxConnections: info.max_connections,
    allowedUpdates: info.allowed_updates,
    lastError: info.last_error_message,
    lastErrorAtMs: info.last_error_date === undefined ? undefined : info.last_error_date * 1000,
  };
}

/**
 * Pending updates stay: they were promised to somebody. Setting what is set already changes nothing.
 * @throws GrammyError and HttpError
 */
export async function setWebhook(api: Api, desired: DesiredWebhook): Promise<void> {
  await api.setWebhook(desired.url, {
    secret_token: desired.secretToken,
    max_connections: desired.maxConnections,
    allowed_updates: ALLOWED_UPDATES,
    drop_pending_updates: false,
  });
}

/** deleteWebhook names no URL, so it is looked at first. @returns whether it was ours and is gone */
export async function deleteWebhookIfOurs(api: Api, url: string): Promise<boolean> {
  const actual = await readWebhook(api);
  if (actual.url !== url) return false;
  await api.deleteWebhook({ drop_pending_updates: false });
  return true;
}

/** The differences between the two, a line each; the secret token cannot be compared. */
export function webhookDifferences(
  actual: ActualWebhook,
  desired: Pick<DesiredWebhook, 'url' | 'maxConnections'>,
): string[] {
  if (actual.url === '') return ['no webhook is set'];
  const differences: string[] = [];
  if (actual.url !== desired.url)
    differences.push(`the URL is ${hostOf(actual.url)}, not ${hostOf(desired.url)}`);
  if (actual.maxConnections !== desired.maxConnections) {
    differences.push(`max_connections is ${actual.maxConnections}, not ${desired.maxConnections}`);
  }
  const kinds = [...(actual.allowedUpdates ?? [])].sort().join(', ');
  const wanted = [...ALLOWED_UPDATES].sort().join(', ');
  if (kinds !== wanted) differences.push(`allowed_updates is [${kinds}], not [${wanted}]`);
  return differences;
}

/** Whether Telegram keeps kinds of updates from us that we handle; without a list it sends all of them. */
export function asksForLess({ allowedUpdates = [] }: ActualWebhook): boolean {
  return allowedUpdates.length > 0 && ALLOWED_UPDATES.some((kind) => !allowedUpdates.includes(kind));
}

/** Somebody's path may hold a secret of theirs. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'not a URL';
}
