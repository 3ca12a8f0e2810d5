import { Composer } from 'grammy/web';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';

/** `/help` */
export function help(): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('help', (ctx) => {
    const { isAdmin, me, chat } = ctx;
    return reply(ctx, {
      text: ctx.texts.help({ isAdmin, username: me.username, isGroup: chat.type !== 'private' }),
    });
  });
  return composer;
}
