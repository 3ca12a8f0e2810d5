/**
 * The kinds of updates that the bot asks Telegram for. They are always sent whole, since a field that is left out of
 * setWebhook keeps its former value. `edited_message` is not among them: Telegram sends one for a reaction or a link's
 * preview too, and no bot can tell them apart.
 */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'inline_query'] as const;
