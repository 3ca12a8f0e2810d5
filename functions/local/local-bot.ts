import type { TelegramSecrets } from '../settings/secrets.ts';
import { deriveWebhookSecret } from '../telegram/webhook-secret.ts';

/** A bot without an account: known to the local Bot API server and to nobody else. */
export const LOCAL_BOT = {
  id: 1000000001,
  username: 'local_agent_factory_bot',
  first_name: 'Agent Factory',
} as const;

/** What a bot without an account is called where others have a name. */
export const LOCAL_NAME = 'local, not on Telegram';

export const LOCAL_TOKEN = `${LOCAL_BOT.id}:local-development-only`;

/** What stands for the secrets of a bot without a token. */
export function localSecrets(): TelegramSecrets {
  return {
    token: LOCAL_TOKEN,
    botId: String(LOCAL_BOT.id),
    webhookSecret: deriveWebhookSecret(LOCAL_TOKEN),
  };
}
