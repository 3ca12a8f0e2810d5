import { autoRetry } from '@grammyjs/auto-retry';
import { telegramOf } from './session.ts';
import type { Target } from './target.ts';

const MAX_RETRIES = 3;
/** An operator waits so long without a word; where Telegram asks for a longer pause, the error says so. */
const LONGEST_WAIT_SECONDS = 5;

/**
 * For commands that change a webhook: Telegram lets it be set about once a second, and two commands in a row, or a
 * command and the watchdog, are refused with 429 and a short time to wait, which is waited.
 * @throws SettingsError, CommandError when there is no token
 */
export async function patientTelegramOf(target: Target): ReturnType<typeof telegramOf> {
  const { api, secrets } = await telegramOf(target);
  api.config.use(
    autoRetry({
      maxRetryAttempts: MAX_RETRIES,
      maxDelaySeconds: LONGEST_WAIT_SECONDS,
      rethrowHttpErrors: true,
      rethrowInternalServerErrors: true,
    }),
  );
  return { api, secrets };
}
