import { Composer, type Middleware, type NextFunction } from 'grammy/web';
import { acknowledge, reply } from './answer.ts';
import { commandOf, isAddressed, textOf } from './addressing.ts';
import type { BotContext } from './context.ts';
import type { BotDeps } from './deps.ts';
import { LONGEST_WINDOW_MS, type RateKind, type RateVerdict } from './rate-limiter.ts';

const MINUTE_MS = 60_000;
/** Leafing through results is one question, so presses have a larger allowance of their own. */
const PRESSES_PER_MESSAGE = 3;
/** Telegram asks anew whenever somebody pauses while typing a question. */
const INLINE_QUERIES_PER_MESSAGE = 6;

/** Lets through what is meant for the bot, from whom it serves, as often as it may be. README.md has the rules. */
export function gates(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.use(
    (ctx, next) => (isAddressed(ctx) ? next() : Promise.resolve()),
    servesItsUsers(deps),
    limitsEach(deps),
    leavesPassedOn,
  );
  return composer;
}

function servesItsUsers(deps: BotDeps): Middleware<BotContext> {
  const { allowedUserIds } = deps.settings;
  return async (ctx, next) => {
    const { sender, texts } = ctx;
    if (ctx.isAdmin || allowedUserIds.length === 0) return next();
    if (sender?.isPerson === true && allowedUserIds.includes(sender.id)) return next();
    if (ctx.inlineQuery !== undefined) return;
    // A press spins on the person's screen until it is answered, so each of the allowance is.
    if (ctx.callbackQuery !== undefined) {
      if ((await countOf(deps, ctx, 'presses')) === 'within') await acknowledge(ctx, texts.refusedToast);
      return;
    }
    if ((await countOf(deps, ctx, 'refusals')) !== 'within') return;
    const text = sender?.isPerson === true ? texts.refused(sender.id) : texts.refusedAnonymous;
    await reply(ctx, { text });
  };
}

function limitsEach(deps: BotDeps): Middleware<BotContext> {
  return async (ctx, next) => {
    if (ctx.isAdmin) return next();
    if (ctx.inlineQuery !== undefined) {
      if ((await countOf(deps, ctx, 'inline')) === 'within') await next();
      return;
    }
    // An album is one message for who sends it, and up to ten updates.
    const isOfAlbum = ctx.message?.media_group_id !== undefined && textOf(ctx.message) === undefined;
    if (isOfAlbum && (await countOf(deps, ctx, 'albums')) !== 'within') return;
    const kind = ctx.callbackQuery === undefined ? 'messages' : 'presses';
    const verdict = await countOf(deps, ctx, kind);
    if (verdict === 'within') return next();
    if (verdict === 'over') return;
    const { limit } = allowanceOf(deps, kind);
    const seconds = Math.ceil((MINUTE_MS - (deps.clock.wallMs() % MINUTE_MS)) / 1000);
    const { texts } = ctx;
    if (kind === 'presses') await acknowledge(ctx, texts.tooManyToast(seconds));
    else await reply(ctx, { text: texts.tooMany({ limit, seconds }) });
  };
}

/** Another person or bot wrote the command: the one who passes it on may not know what it does. */
async function leavesPassedOn(ctx: BotContext, next: NextFunction): Promise<void> {
  const { message } = ctx;
  const isPassedOn = message?.forward_origin !== undefined || message?.via_bot !== undefined;
  if (message === undefined || !isPassedOn || commandOf(message) === undefined) return next();
  if (message.chat.type === 'private') await reply(ctx, { text: ctx.texts.passedOn });
}

type Counted = Exclude<RateKind, 'notes'>;

/** How much of a kind a user has in a window. */
function allowanceOf({ settings }: BotDeps, kind: Counted): { limit: number; windowMs: number } {
  const { rateLimitPerMinute: messages } = settings;
  switch (kind) {
    case 'messages':
      return { limit: messages, windowMs: MINUTE_MS };
    case 'presses':
      return { limit: messages * PRESSES_PER_MESSAGE, windowMs: MINUTE_MS };
    case 'inline':
      return { limit: messages * INLINE_QUERIES_PER_MESSAGE, windowMs: MINUTE_MS };
    case 'albums':
      return { limit: 1, windowMs: MINUTE_MS };
    case 'refusals':
      return { limit: 1, windowMs: LONGEST_WINDOW_MS };
  }
}

function countOf(deps: BotDeps, ctx: BotContext, kind: Counted): Promise<RateVerdict> {
  const request = {
    userId: ctx.sender?.id ?? 0,
    kind,
    updateId: ctx.update.update_id,
    nowMs: deps.clock.wallMs(),
    ...allowanceOf(deps, kind),
  };
  return ctx.tenure.run((signal) => deps.rateLimiter.count({ ...request, signal }));
}
