import { autoRetry } from '@grammyjs/auto-retry';
import type { Transformer } from 'grammy/web';

/** How often a call is repeated outside any update: by a registration, or by an operator's command. */
const MAX_RETRIES = 3;

/** A registration's call that was not answered. */
export const UNANSWERED_AGAIN = { retries: MAX_RETRIES, pauseMs: 500 };

/**
 * The first call of the watchdog's round finds the connection of the round before, which may have died in the minute
 * between. Once more is enough for that; what sets or deletes the webhook is left to the next round.
 */
export const FIRST_CALL_AGAIN = { retries: 1, pauseMs: 200, methods: ['getWebhookInfo'] };

/** An operator and a deployment wait so long without a word; where Telegram asks for a longer pause, the error says so. */
const LONGEST_WAIT_SECONDS = 5;

/**
 * Telegram lets a webhook be set about once a second, and refuses the earlier of two at once: two commands in a row, or
 * a command and the watchdog, meet a 429 and a short time to wait, which is waited.
 * @param options.rethrowServerErrors an operator hears of a 5xx at once; a registration tries again
 */
export function waitsForItsTurn(options: { rethrowServerErrors: boolean }): Transformer {
  return autoRetry({
    maxRetryAttempts: MAX_RETRIES,
    maxDelaySeconds: LONGEST_WAIT_SECONDS,
    // retry-unanswered.ts repeats these, and stops: https://github.com/grammyjs/auto-retry does not.
    rethrowHttpErrors: true,
    rethrowInternalServerErrors: options.rethrowServerErrors,
  });
}
