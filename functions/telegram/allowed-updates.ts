/** Always sent explicitly: left out, Telegram keeps whatever was set before. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'inline_query',
  'my_chat_member',
] as const;
