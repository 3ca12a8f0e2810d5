import { Composer } from 'grammy/web';
import { rich } from '../../telegram/limits-html.ts';
import { reply } from '../answer.ts';
import { atomIdOfStart, isStartOfAtom } from '../atom-keys.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { sendAtom } from '../open-atom.ts';

/** `/start`, and deep links to an atom: `/start <payload>`. */
export function start(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('start', async (ctx) => {
    const payload = ctx.match.trim();
    const version = payload === '' ? undefined : await ctx.knowledge();
    const id = version && atomIdOfStart(version.index, payload);
    if (version && id !== undefined && (await sendAtom({ ctx, deps, version, id }))) return;
    const welcome = ctx.texts.start({
      isAdmin: ctx.isAdmin,
      username: ctx.me.username,
      isGroup: ctx.chat.type !== 'private',
    });
    const isGone = version !== undefined && isStartOfAtom(payload);
    await reply(ctx, { text: isGone ? rich`🤷 ${ctx.texts.atom.gone}\n\n${welcome}` : welcome });
  });
  return composer;
}
