import type { Composer } from 'grammy/web';
import { decodePress, type Press, type PressOf } from './callbacks.ts';
import type { BotContext } from './context.ts';

/** Handles the presses of one kind. */
export function onPress<Op extends Press['op']>(
  composer: Composer<BotContext>,
  op: Op,
  handle: (ctx: BotContext, press: PressOf<Op>) => Promise<void>,
): void {
  composer.on('callback_query:data', (ctx, next) => {
    const press = decodePress(ctx.callbackQuery.data);
    return press?.op === op ? handle(ctx, press as PressOf<Op>) : next();
  });
}
