import { Composer } from 'grammy/web';
import { acknowledge, button, replace, reply } from '../answer.ts';
import { encodePress } from '../callbacks.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { BACKUP_DAYS, keptOf } from '../personal-data.ts';
import { onPress } from '../presses.ts';

/** `/privacy`, and `/forgetme`: in a private chat alone, since in a group anybody can press. */
export function privacy(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();

  composer.command('privacy', (ctx) =>
    reply(ctx, {
      text: ctx.texts.privacy.kept(keptOf(deps.settings), {
        userId: ctx.sender?.id ?? 0,
        backupDays: BACKUP_DAYS,
      }),
    }),
  );

  composer.command('forgetme', (ctx) => {
    const { privacy: texts } = ctx.texts;
    if (ctx.chat.type !== 'private') return reply(ctx, { text: texts.privately });
    const choice = (label: string, confirmed: boolean) =>
      button(label, encodePress({ op: 'forget', confirmed }));
    const keyboard = [[choice(texts.confirm, true), choice(texts.keep, false)]];
    return reply(ctx, { text: texts.question(keptOf(deps.settings).named), keyboard });
  });

  onPress(composer, 'forget', async (ctx, { confirmed }) => {
    const { privacy: texts } = ctx.texts;
    const userId = ctx.from?.id;
    if (userId === undefined || ctx.chat?.type !== 'private') return acknowledge(ctx);
    if (!confirmed) return replace(ctx, { text: texts.nothingDone });
    const nowMs = deps.clock.wallMs();
    const { atWork } = await ctx.tenure.run((signal) => deps.personalData.forget(userId, { nowMs, signal }));
    await replace(ctx, { text: texts.forgotten({ atWork, backupDays: BACKUP_DAYS }) });
  });

  return composer;
}
