import { Composer } from 'grammy/web';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';

/** `/help` */
export function help(): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('help', (ctx) =>
    reply(ctx, { text: ctx.texts.help({ isAdmin: ctx.isAdmin, username: ctx.me.username }) }),
  );
  return composer;
}
