import { Composer } from 'grammy/web';
import { acknowledge } from '../answer.ts';
import { atomIdOf } from '../atom-keys.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { FEEDBACK_KEPT_MS } from '../feedback-store.ts';
import { onPress } from '../presses.ts';

/** 👍 and 👎 below an atom. */
export function feedback(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  onPress(composer, 'feedback', async (ctx, { atomKey, vote }) => {
    const version = await ctx.knowledge();
    const atomId = version && atomIdOf(version.index, atomKey);
    if (atomId === undefined || ctx.from === undefined) return acknowledge(ctx, ctx.texts.atom.gone);
    const { id: userId } = ctx.from;
    const nowMs = deps.clock.wallMs();
    const { update_id: updateId } = ctx.update;
    const keepUntilMs = nowMs + FEEDBACK_KEPT_MS;
    await ctx.tenure.run((signal) =>
      deps.feedback.record({ atomId, userId, vote, updateId, nowMs, keepUntilMs, signal }),
    );
    await acknowledge(ctx, vote === 'up' ? ctx.texts.atom.thanksUp : ctx.texts.atom.thanksDown);
  });
  return composer;
}
