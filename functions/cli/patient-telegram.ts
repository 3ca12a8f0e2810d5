import { waitsForItsTurn } from '../telegram/deployment-patience.ts';
import { telegramOf } from './session.ts';
import type { Target } from './target.ts';

/**
 * For commands that change a webhook.
 * @throws SettingsError, CommandError when there is no token
 */
export async function patientTelegramOf(target: Target): ReturnType<typeof telegramOf> {
  const { api, secrets } = await telegramOf(target);
  api.config.use(waitsForItsTurn({ rethrowServerErrors: true }));
  return { api, secrets };
}
