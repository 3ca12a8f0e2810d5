import type { BotApiClock } from '../../functions/local/bot-api/clock.ts';

/** Telegram's time, running so many times as fast as ours: its retries wait for minutes, and a test for seconds. */
export function telegramClock(speed: number): BotApiClock {
  const startMs = Date.now();
  return {
    wallMs: () => startMs + (Date.now() - startMs) * speed,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs / speed);
      return () => clearTimeout(timer);
    },
  };
}
