import { allowedUpdates } from './allowed-updates.ts';
import type { Method } from './method.ts';

const LONGEST_POLL_S = 50;

export const getUpdates: Method = async ({ bot, args, signal }) => {
  if (bot.webhook) {
    return bot.poll.conflict(
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  const kinds = allowedUpdates(args);
  if (kinds) bot.allowUpdates(kinds);
  const result = await bot.poll.getUpdates({
    offset: args.integer('offset', { default: 0 }),
    limit: args.integer('limit', { default: 100, min: 1, max: 100 }),
    timeoutS: args.integer('timeout', { default: 0, min: 0, max: LONGEST_POLL_S }),
    signal,
  });
  return { result };
};
