import { Api } from 'grammy/web';
import type { UserFromGetMe } from 'grammy/types';
import type { BotIdentity } from '../status/status-store.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { botApiFetch } from './bot-api-answer.ts';
import './far-host.ts';
import { TELEGRAM_CALL_TIMEOUT_MS } from './guarded-fetch.ts';
import type { TelegramAccess } from './tenure-bot.ts';

/** A client for calls outside any update: registration, the watchdog, an operator's command. */
export function telegramApi(access: TelegramAccess): Api {
  return new Api(access.token, {
    apiRoot: access.apiRoot,
    timeoutSeconds: TELEGRAM_CALL_TIMEOUT_MS / 1000,
    fetch: botApiFetch(access.fetch ?? fetch),
  });
}

/**
 * Finds out the bot's identity: registration stored it, so that a cold start needs no getMe. Telegram is asked where
 * nothing is stored, or another bot.
 * @throws GrammyError and HttpError of getMe
 */
export function botInfoOf(options: {
  access: TelegramAccess;
  botId: string;
  stored: () => Promise<BotIdentity | undefined>;
}): () => Promise<UserFromGetMe> {
  const { access, botId, stored } = options;
  let known: Promise<UserFromGetMe> | undefined;
  const find = async (): Promise<UserFromGetMe> => {
    const identity = await stored().catch((error: unknown) => {
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    });
    return identity !== undefined && String(identity.id) === botId
      ? toUser(identity)
      : telegramApi(access).getMe();
  };
  return () => {
    known ??= find().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

/** GrammY needs only the id and the username of getMe's answer; the rest says what this bot is set up as. */
function toUser(identity: BotIdentity): UserFromGetMe {
  return {
    id: identity.id,
    is_bot: true,
    first_name: identity.firstName,
    username: identity.username,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: true,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_guest_queries: false,
    supports_join_request_queries: false,
  };
}
