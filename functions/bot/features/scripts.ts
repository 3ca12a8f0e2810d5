import { Composer } from 'grammy/web';
import { acknowledge, button, reply } from '../answer.ts';
import { encodePress } from '../callbacks.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { onPress } from '../presses.ts';
import { sendScript } from '../send-script.ts';

const MAX_LISTED = 10;

/** `/scripts`: one's own, to be sent again. */
export function scripts(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();

  composer.command('scripts', async (ctx) => {
    const listed = await ctx.tenure.waiting(
      deps.scripts.listByUser(ctx.sender?.id ?? 0, { limit: MAX_LISTED }),
    );
    if (listed.length === 0) return reply(ctx, { text: ctx.texts.script.none });
    await reply(ctx, {
      text: ctx.texts.script.listTitle,
      keyboard: listed.map(({ id, title, createdAtMs }) => [
        button(
          `${new Date(createdAtMs).toISOString().slice(5, 10)} ${title}`,
          encodePress({ op: 'script', scriptId: id }),
        ),
      ]),
    });
  });

  onPress(composer, 'script', async (ctx, { scriptId }) => {
    const script = await ctx.tenure.waiting(deps.scripts.get(scriptId));
    // In a group anybody can press, and anybody can make up an id. A script that was asked for on behalf of the group is the group's.
    if (script === undefined || ![ctx.from?.id, ctx.chat?.id].includes(script.userId))
      return acknowledge(ctx, ctx.texts.script.gone);
    await acknowledge(ctx);
    await sendScript(ctx, script, script.topic);
  });

  return composer;
}
