import { BotError, GrammyError, HttpError } from 'grammy/web';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { TenureOverError } from '../lease/tenure.ts';
import type { Verdict } from '../lease/verdict.ts';
import { isServiceFault } from './error-codes.ts';
import { shorten } from './limits.ts';
import { whyUnanswered } from './unanswered.ts';

const MAX_TOLD = 200;

/**
 * 400s that a repetition brings about, that come too late to matter, or that say the bot may not write there, or that
 * what it answers is not there any more.
 */
const HARMLESS = [
  /message is not modified/i,
  /query is too old/i,
  /query ID is invalid/i,
  /not enough rights|have no rights/i,
  /CHAT_WRITE_FORBIDDEN/,
  /TOPIC_(CLOSED|DELETED)/,
  /message thread not found/i,
  /(message to be replied|replied message) not found/i,
  /chat not found/i,
  /upgraded to a supergroup/i,
];

/** Decides whose fault an error of a handler is: G5 in functions/lease/README.md. */
export function judge(thrown: unknown): Verdict {
  const error = thrown instanceof BotError ? thrown.error : thrown;
  if (error instanceof StoreUnavailableError) {
    return { kind: 'deferred', reason: 'store', error: summary(error) };
  }
  if (error instanceof TenureOverError) {
    return { kind: 'deferred', reason: 'deadline', error: summary(error) };
  }
  if (error instanceof HttpError) {
    return {
      kind: 'deferred',
      reason: 'telegram',
      error: `the Bot API did not answer: ${whyUnanswered(error)}`,
    };
  }
  if (error instanceof GrammyError) return judgeAnswer(error);
  return { kind: 'failed', error: summary(error) };
}

function judgeAnswer(error: GrammyError): Verdict {
  const { error_code: code, description } = error;
  const told = shorten(`${error.method}: ${code} ${description}`, MAX_TOLD);
  if (code === 429) {
    const retryAfterMs = (error.parameters.retry_after ?? 1) * 1000;
    return { kind: 'deferred', reason: 'telegram', error: told, retryAfterMs };
  }
  if (isServiceFault(code)) return { kind: 'deferred', reason: 'telegram', error: told };
  if (code === 403) return { kind: 'done' };
  if (code === 400 && HARMLESS.some((pattern) => pattern.test(description))) return { kind: 'done' };
  return { kind: 'failed', error: told };
}

function summary(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return shorten(`${error.name}: ${error.message}`, MAX_TOLD);
}
