import { tooManyRequests } from '../api-error.ts';
import type { Method } from './method.ts';

const CLOSE_PAUSE_MS = 600_000;

export const getMe: Method = ({ bot }) => ({
  result: {
    ...bot.user,
    can_join_groups: true,
    can_read_all_group_messages: !bot.hasPrivacyMode,
    supports_inline_queries: bot.hasInlineMode,
    can_connect_to_business: false,
    has_main_web_app: false,
  },
});

/** Also takes the webhook away. */
export const logOut: Method = ({ bot }) => {
  bot.poll.release();
  bot.setWebhook(undefined);
  return { result: true };
};

/** Refused for ten minutes after a start. */
export const close: Method = ({ bot, telegram }) => {
  const leftMs = telegram.startedAtMs + CLOSE_PAUSE_MS - telegram.clock.wallMs();
  if (leftMs > 0) throw tooManyRequests(Math.ceil(leftMs / 1000));
  bot.poll.release();
  return { result: true };
};
