import { badRequest, tooManyRequests } from '../api-error.ts';
import type { Bot } from '../bot.ts';
import { DEFAULT_ALLOWED_UPDATES } from '../update-kinds.ts';
import { webhookSetting, type WebhookSetting } from '../webhook-setting.ts';
import { allowedUpdates } from './allowed-updates.ts';
import type { Method, MethodContext } from './method.ts';

const SET_WEBHOOK_PAUSE_MS = 1_000;
const nextSetWebhookAtMs = new WeakMap<Bot, number>();

export const setWebhook: Method = (context) => {
  const { bot, args, telegram } = context;
  if (args.text('url') === '') return deleteWebhook(context);
  if (bot.isPolledOnly) throw badRequest('the process that runs this local server polls the bot');
  const nowMs = telegram.clock.wallMs();
  if (nowMs < (nextSetWebhookAtMs.get(bot) ?? 0)) throw tooManyRequests(1);
  nextSetWebhookAtMs.set(bot, nowMs + SET_WEBHOOK_PAUSE_MS);

  const setting = settingOrNone(context);
  const kinds = allowedUpdates(args);
  const drop = args.boolean('drop_pending_updates');
  const current = bot.webhook;
  const same =
    current?.url === setting.url &&
    current.secretToken === setting.secretToken &&
    current.maxConnections === setting.maxConnections;
  if (kinds) bot.allowUpdates(kinds);
  if (same && !drop) return { result: true, description: 'Webhook is already set' };
  bot.poll.terminate('terminated by setWebhook request');
  if (drop) bot.dropPendingUpdates();
  bot.setWebhook(setting);
  return { result: true, description: 'Webhook was set' };
};

/** Telegram closes the webhook that was set before it looks at the new one: a refusal leaves none. */
function settingOrNone({ bot, args }: MethodContext): WebhookSetting {
  try {
    return webhookSetting(args);
  } catch (error) {
    if (bot.webhook !== undefined) bot.setWebhook(undefined);
    if (args.boolean('drop_pending_updates')) bot.dropPendingUpdates();
    throw error;
  }
}

export const deleteWebhook: Method = ({ bot, args }) => {
  const wasSet = bot.webhook !== undefined;
  if (wasSet) bot.setWebhook(undefined);
  if (args.boolean('drop_pending_updates')) bot.dropPendingUpdates();
  return { result: true, description: wasSet ? 'Webhook was deleted' : 'Webhook is already deleted' };
};

export const getWebhookInfo: Method = ({ bot }) => {
  const { webhook, lastError, allowedUpdates: kinds } = bot;
  const isDefault =
    kinds.length === DEFAULT_ALLOWED_UPDATES.length &&
    kinds.every((kind) => DEFAULT_ALLOWED_UPDATES.includes(kind));
  return {
    result: {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: bot.updates.size,
      ...(lastError && { last_error_date: lastError.date, last_error_message: lastError.message }),
      ...(webhook && { max_connections: webhook.maxConnections, ip_address: bot.ipAddress ?? '<unknown>' }),
      ...(!isDefault && { allowed_updates: kinds }),
    },
  };
};
