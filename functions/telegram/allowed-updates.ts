/** What the bot asks Telegram for. Always sent whole: what is left out of setWebhook keeps its former value.
 * Not `edited_message`: Telegram sends one for a reaction or a link's preview too, and no bot can tell them apart. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'inline_query'] as const;
