import { setTimeout as sleep } from 'node:timers/promises';
import { GrammyError, type Api } from 'grammy/web';
import { hostOf, readWebhook } from '../telegram/webhook-state.ts';

/** Who consumes a token's updates now. */
export type TokenUser =
  | { kind: 'webhook'; url: string; host: string; pending: number }
  /** Somebody polls: two requests at once make Telegram answer one of them 409. */
  | { kind: 'poller'; pending: number }
  | { kind: 'nobody'; pending: number };

const ROUNDS = 4;
const ROUND_SECONDS = 2;

/**
 * Looks who has the token: at the webhook, and then by polling for a few seconds beside whoever else may poll. It
 * confirms nothing, so nothing is lost; a program that polls sees one or two errors 409.
 * @throws GrammyError, HttpError
 */
export async function probeToken(api: Api): Promise<TokenUser> {
  const { url, pendingUpdateCount: pending } = await readWebhook(api);
  if (url !== '') return { kind: 'webhook', url, host: hostOf(url), pending };
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      const updates = await api.getUpdates({ limit: 1, timeout: ROUND_SECONDS });
      if (updates.length > 0) await sleep(ROUND_SECONDS * 1000);
    } catch (error) {
      if (error instanceof GrammyError && error.error_code === 409) return { kind: 'poller', pending };
      throw error;
    }
  }
  return { kind: 'nobody', pending };
}
