import { Api, GrammyError } from 'grammy/web';
import { sleep, type Clock } from '../lease/clock.ts';
import { telegramApi } from './bot-identity.ts';
import type { TelegramAccess } from './tenure-bot.ts';
import { hostOf, readWebhook } from './webhook-state.ts';

/** Who consumes a token's updates now. */
export type TokenUser =
  | { kind: 'webhook'; url: string; host: string; pending: number }
  /** Somebody polls. */
  | { kind: 'poller'; pending: number }
  | { kind: 'nobody'; pending: number };

/**
 * A second getUpdates ends the first with 409. Its caller asks again after half a second or so, which ends the second
 * one in turn; Telegram tells of a second conflict three seconds later than of the first.
 */
const LOOK_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;
const TAKEN = 'an update that waited was taken by another getUpdates request';
/** A long poll, and the conflict that is told late. */
const ANSWER_WITHIN_S = 15;

/**
 * Looks who has the token: at the webhook, and then by polling beside whoever else may poll.
 * @throws GrammyError, HttpError
 */
export async function tokenUser(access: TelegramAccess, clock: Clock): Promise<TokenUser> {
  const { url, pendingUpdateCount: pending } = await readWebhook(telegramApi(access));
  if (url !== '') return { kind: 'webhook', url, host: hostOf(url), pending };
  const sign = await signOfAnother(access, clock);
  return { kind: sign === undefined ? 'nobody' : 'poller', pending };
}

/**
 * A sign that somebody else polls with the token, in Telegram's words where it has any: five seconds of one long poll. It confirms nothing, so nothing is lost;
 * who polls sees one error 409. Where updates wait Telegram answers at once: so it is asked again, and one that is gone
 * meanwhile was taken by somebody.
 * @returns nothing also when the signal fires
 * @throws GrammyError, HttpError
 */
export async function signOfAnother(
  access: TelegramAccess,
  clock: Clock,
  signal: AbortSignal = new AbortController().signal,
): Promise<string | undefined> {
  const { token, apiRoot } = access;
  const api = new Api(token, { apiRoot, timeoutSeconds: ANSWER_WITHIN_S, fetch: access.fetch ?? fetch });
  const until = clock.monotonicMs() + LOOK_MS;
  let waiting: number | undefined;
  for (;;) {
    const leftMs = until - clock.monotonicMs();
    if (signal.aborted || (leftMs <= 0 && waiting === undefined)) return undefined;
    try {
      const timeout = Math.max(0, Math.ceil(leftMs / 1000));
      // grammY's types name the signal of a polyfill; what it takes is the platform's own.
      const [first] = await api.getUpdates({ limit: 1, timeout }, signal as never);
      if (waiting !== undefined && first?.update_id !== waiting) return TAKEN;
      waiting = first?.update_id;
      if (leftMs <= 0) return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof GrammyError && error.error_code === 409) return error.description;
      throw error;
    }
    if (waiting !== undefined) await sleep(clock, LOOK_AGAIN_MS, signal);
  }
}
