import type { Context } from 'grammy/web';
import type { Update } from 'grammy/types';

/**
 * The asker: a person, or the chat on whose behalf somebody wrote. Anonymous administrators of all groups share one user
 * id, and so do all who write as a channel: https://core.telegram.org/bots/api#message
 */
export interface Sender {
  /** The person's user id, or the id of the chat, which is negative. */
  id: number;
  isPerson: boolean;
}

/** @returns `undefined` for news of Telegram's own, and for other bots, which might answer each other for ever */
export function senderOf({ message, from }: Pick<Context, 'message' | 'from'>): Sender | undefined {
  if (message?.sender_chat !== undefined) return { id: message.sender_chat.id, isPerson: false };
  return from === undefined || from.is_bot ? undefined : { id: from.id, isPerson: true };
}

/** The id of the person who sent an update of any shape; `undefined` for a chat, a bot or nobody. */
export function personIn(update: Update): number | undefined {
  const { message, callback_query: press, inline_query: query } = update;
  const from = (message ?? press ?? query)?.from;
  if (message?.sender_chat !== undefined || from?.is_bot === true) return undefined;
  return Number.isSafeInteger(from?.id) ? from?.id : undefined;
}
