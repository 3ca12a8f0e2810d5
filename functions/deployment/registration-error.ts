import { GrammyError, HttpError } from 'grammy/web';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { SettingsError } from '../settings/settings.ts';
import { whyUnanswered } from '../telegram/unanswered.ts';
import { hostOf } from '../telegram/webhook-state.ts';
import { WebhookRefusedError } from '../telegram/webhook-switch.ts';

/** Why the deployment cannot go on, and what to do about it. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

const UNCHANGED = 'Then deploy again; whatever ran before runs on.';
export const TOO_SLOW = 'Telegram or the table answered too slowly: wait until they answer';

export function foreign(url: string, username: string): RegistrationError {
  return new RegistrationError(
    `The webhook of @${username} is set by somebody else, at ${hostOf(url)}: another deployment has the same token. ` +
      'Give this one a bot of its own, or stop the other, or take it over with `-c takeOverWebhook=true`. ' +
      UNCHANGED,
  );
}

/** In words for the stack's events, with what to do next. */
export function explain(
  error: unknown,
  { apiRoot, signal }: { apiRoot: string; signal: AbortSignal },
): Error {
  if (error instanceof RegistrationError) return error;
  if (signal.aborted) return new RegistrationError(`${TOO_SLOW}. ${UNCHANGED}`);
  if (error instanceof SettingsError) return new RegistrationError(`${error.message}. ${UNCHANGED}`);
  if (error instanceof WebhookRefusedError) {
    return new RegistrationError(`${error.message}. Mend what Telegram names, then deploy again.`);
  }
  if (error instanceof GrammyError) return new RegistrationError(explainAnswer(error));
  if (error instanceof HttpError) {
    return new RegistrationError(
      `Telegram could not be reached at ${hostOf(apiRoot)} (${whyUnanswered(error)}): wait until https://core.telegram.org answers. ${UNCHANGED}`,
    );
  }
  if (error instanceof StoreUnavailableError) {
    return new RegistrationError(`The table cannot be used: ${error.message}. ${UNCHANGED}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

export const toldBy = ({ method, error_code: code, description }: GrammyError): string =>
  `${method}: ${code} ${description}`;

function explainAnswer(error: GrammyError): string {
  const told = toldBy(error);
  const isRefused = error.error_code === 401 || error.error_code === 404;
  const advice = isRefused
    ? 'The token is not valid any more: store the one that @BotFather shows with `bot secrets set token`.'
    : 'Telegram says what is wrong with it.';
  return `Telegram refused ${told}. ${advice} ${UNCHANGED}`;
}
