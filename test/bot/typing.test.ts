import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Bot } from 'grammy/web';
import { typingWhileSlow } from '../../functions/bot/typing.ts';
import type { BotContext } from '../../functions/bot/context.ts';
import { Countdown } from '../../functions/lease/clock.ts';
import { Tenure } from '../../functions/lease/tenure.ts';
import { TestClock } from '../fixtures/test-clock.ts';

const DEADLINE_MS = 12_000;

it('ends the sign of a handler that hangs with its tenure: no timer is left, and no call is asked for', async () => {
  const clock = new TestClock();
  const deadline = new Countdown(clock, DEADLINE_MS);
  const tenure = new Tenure({
    updateId: 1,
    fencingToken: 1,
    lease: () => deadline,
    deadline,
    skewMs: 1_000,
    clock,
  });
  let asked = 0;
  const bot = new Bot<BotContext>('1:t', {
    botInfo: { id: 1, is_bot: true, first_name: 'B', username: 'b' } as never,
  });
  bot.api.config.use(async () => {
    asked += 1;
    return { ok: true, result: true as never };
  });
  bot.use((ctx, next) => {
    ctx.tenure = tenure;
    return next();
  });
  bot.use(typingWhileSlow(clock), () => new Promise<void>(() => {}));
  const chat = { id: 5, type: 'private' as const, first_name: 'A' };
  void bot.handleUpdate({ update_id: 1, message: { message_id: 1, date: 1, chat, text: 'x' } } as never);
  for (let second = 0; second < 600; second += 1) {
    await turn();
    clock.advance(1_000);
  }
  expect(asked).toBe(3);
  expect(clock.pendingTimers).toBe(0);
});
