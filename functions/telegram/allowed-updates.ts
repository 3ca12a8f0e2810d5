/** What the bot asks Telegram for. Always sent whole: what is left out of setWebhook keeps its former value. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'inline_query',
  'my_chat_member',
] as const;
