import { Api, GrammyError } from 'grammy/web';
import { sleep, type Clock } from '../lease/clock.ts';
import { telegramApi } from './bot-identity.ts';
import { SubscriptionMark, type UpdateKind } from './subscription-mark.ts';
import type { TelegramAccess } from './tenure-bot.ts';
import { hostOf, readWebhook } from './webhook-state.ts';

/** The present consumer of a token's updates. */
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
const LOOK_AGAIN_MS = 500;
const TAKEN = 'an update that waited was taken by another getUpdates request';
const OVERWRITTEN = 'another getUpdates request was made meanwhile: it set its own allowed_updates';
/** Time for a long poll, and for a conflict that Telegram reports late. */
const ANSWER_WITHIN_S = 15;

/**
 * Finds out who uses the token: looks at the webhook, and then polls beside any other poller.
 * @throws GrammyError, HttpError
 */
export async function tokenUser(access: TelegramAccess, clock: Clock): Promise<TokenUser> {
  const { url, pendingUpdateCount: pending } = await readWebhook(telegramApi(access));
  if (url !== '') return { kind: 'webhook', url, host: hostOf(url), pending };
  const sign = await signOfAnother(access, { clock, random: Math.random });
  return { kind: sign === undefined ? 'nobody' : 'poller', pending };
}

export interface LookOptions {
  clock: Clock;
  random: () => number;
  signal?: AbortSignal;
}

/**
 * A sign that somebody else polls with the token, in Telegram's words where it has any: five seconds of one long poll.
 * It confirms nothing, so nothing is lost; who polls sees one error 409. Where updates wait Telegram answers everybody
 * at once: so it is asked again and again, and somebody is known by an update that is gone meanwhile, or by the kinds
 * of updates that were asked for last.
 * @returns nothing also when the signal fires
 * @throws GrammyError, HttpError
 */
export async function signOfAnother(
  access: TelegramAccess,
  options: LookOptions,
): Promise<string | undefined> {
  const { signal = new AbortController().signal } = options;
  try {
    return await look(access, { ...options, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function look(
  access: TelegramAccess,
  { clock, random, signal }: Required<LookOptions>,
): Promise<string | undefined> {
  const { token, apiRoot } = access;
  const api = new Api(token, { apiRoot, timeoutSeconds: ANSWER_WITHIN_S, fetch: access.fetch ?? fetch });
  // grammY's types name the signal of a polyfill; what it takes is the platform's own.
  const toldKinds = async () => (await api.getWebhookInfo(signal as never)).allowed_updates;
  const mark = new SubscriptionMark(await toldKinds(), random);
  const until = clock.monotonicMs() + LOOK_MS;
  let waiting: number | undefined;
  while (!signal.aborted) {
    const leftMs = until - clock.monotonicMs();
    if (leftMs <= 0 && waiting === undefined) return undefined;
    const timeout = Math.max(0, Math.ceil(leftMs / 1000));
    const { first, conflict } = await firstOrConflict(api, timeout, mark.next(), signal);
    const sign = conflict ?? (waiting !== undefined && first !== waiting ? TAKEN : undefined);
    const told = await toldKinds();
    if (sign !== undefined) {
      // The other poller relies on the kinds that were set before, having set none since.
      if (mark.isOwn(told)) await firstOrConflict(api, 0, mark.found, signal);
      return sign;
    }
    if (mark.isOverwritten(told)) return OVERWRITTEN;
    if (leftMs <= 0) return undefined;
    waiting = first;
    if (waiting === undefined) continue;
    await sleep(clock, LOOK_AGAIN_MS, signal);
    if (mark.isOverwritten(await toldKinds())) return OVERWRITTEN;
  }
  return undefined;
}

/** @returns the first update that waits, or Telegram's words of another request */
async function firstOrConflict(
  api: Api,
  timeout: number,
  kinds: readonly UpdateKind[],
  signal: AbortSignal,
): Promise<{ first?: number; conflict?: string }> {
  try {
    const [first] = await api.getUpdates({ limit: 1, timeout, allowed_updates: kinds }, signal as never);
    return { first: first?.update_id };
  } catch (error) {
    if (error instanceof GrammyError && error.error_code === 409) return { conflict: error.description };
    throw error;
  }
}
