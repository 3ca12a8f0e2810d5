import { Composer } from 'grammy/web';
import { reply } from '../answer.ts';
import { atomIdOfStart } from '../atom-keys.ts';
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
    await reply(ctx, { text: ctx.texts.start(ctx.isAdmin) });
  });
  return composer;
}
