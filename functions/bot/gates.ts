import { Composer, type NextFunction } from 'grammy/web';
import type { View } from './answer.ts';
import { acknowledge, reply } from './answer.ts';
import { isAddressed, textOf } from './addressing.ts';
import type { BotContext } from './context.ts';
import type { BotDeps } from './deps.ts';
import type { RateKind, RateVerdict } from './rate-limiter.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Leafing through results is one question, so presses have a larger allowance of their own. */
const PRESSES_PER_MESSAGE = 3;

/** Lets through what is meant for the bot, from whom it serves, as often as it may be. README.md has the rules. */
export function gates(deps: BotDeps): Composer<BotContext> {
  const { settings, clock, rateLimiter } = deps;
  const composer = new Composer<BotContext>();

  const count = (ctx: BotContext, kind: RateKind, limit: number, windowMs: number): Promise<RateVerdict> => {
    const userId = ctx.sender?.id ?? 0;
    const request = { userId, kind, updateId: ctx.update.update_id, limit, windowMs, nowMs: clock.wallMs() };
    return ctx.tenure.run((signal) => rateLimiter.count({ ...request, signal }));
  };

  composer.use((ctx, next) => (isAddressed(ctx) ? next() : Promise.resolve()));

  composer.use(async (ctx, next) => {
    const { sender, texts } = ctx;
    const { allowedUserIds } = settings;
    if (ctx.isAdmin || allowedUserIds.length === 0) return next();
    if (sender?.isPerson === true && allowedUserIds.includes(sender.id)) return next();
    if (ctx.inlineQuery !== undefined) return;
    if ((await count(ctx, 'refusals', 1, DAY_MS)) !== 'within') return;
    const text = sender?.isPerson === true ? texts.refused(sender.id) : texts.refusedAnonymous;
    await tell(ctx, { text }, texts.refusedToast);
  });

  composer.use(async (ctx, next) => {
    // Begun beside the counting. Where nothing needs it its failure is nobody's, but it must not outlive the update.
    const reading = ctx.knowledge().then(
      () => {},
      () => {},
    );
    try {
      await limited(ctx, next);
    } finally {
      await reading;
    }
  });

  const limited = async (ctx: BotContext, next: NextFunction): Promise<void> => {
    if (ctx.isAdmin || ctx.inlineQuery !== undefined) return next();
    // An album is one message for who sends it, and up to ten updates.
    const isOfAlbum = ctx.message?.media_group_id !== undefined && textOf(ctx.message) === undefined;
    if (isOfAlbum && (await count(ctx, 'albums', 1, MINUTE_MS)) !== 'within') return;
    const isPress = ctx.callbackQuery !== undefined;
    const limit = settings.rateLimitPerMinute * (isPress ? PRESSES_PER_MESSAGE : 1);
    const verdict = await count(ctx, isPress ? 'presses' : 'messages', limit, MINUTE_MS);
    if (verdict === 'within') return next();
    if (verdict === 'over') return;
    const seconds = Math.ceil((MINUTE_MS - (clock.wallMs() % MINUTE_MS)) / 1000);
    await tell(ctx, { text: ctx.texts.tooMany({ limit, seconds }) }, ctx.texts.tooManyToast(seconds));
  };

  return composer;
}

async function tell(ctx: BotContext, view: View, toast: string): Promise<void> {
  if (ctx.callbackQuery === undefined) await reply(ctx, view);
  else await acknowledge(ctx, toast);
}
