import type { MiddlewareFn } from 'grammy/web';
import type { Clock } from '../lease/clock.ts';
import type { BotContext } from './context.ts';

/** An answer that comes sooner needs no sign that one is coming. */
export const SLOW_AFTER_MS = 1_000;
/** Telegram shows the sign for five seconds. */
const AGAIN_AFTER_MS = 4_000;

/** Shows "typing" while an answer is slow to come, and makes no call of its own where it is not. */
export function typingWhileSlow(clock: Clock): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    if (ctx.chatId === undefined) return next();
    let cancel = (): void => {};
    const later = (delayMs: number): void => {
      cancel = clock.after(delayMs, () => {
        // A handler that hangs never gets to its end: its tenure does.
        if (ctx.tenure.remainingMs() === 0) return;
        later(AGAIN_AFTER_MS);
        // Nobody misses the sign when it fails.
        ctx.replyWithChatAction('typing').catch(() => {});
      });
    };
    ctx.api.config.use((prev, method, payload, signal) => {
      if (method !== 'sendChatAction') cancel();
      return prev(method, payload, signal);
    });
    const end = (): void => cancel();
    ctx.tenure.signal.addEventListener('abort', end, { once: true });
    later(SLOW_AFTER_MS);
    try {
      await next();
    } finally {
      cancel();
      ctx.tenure.signal.removeEventListener('abort', end);
    }
  };
}
