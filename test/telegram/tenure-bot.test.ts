import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, Countdown, systemClock } from '../../functions/lease/clock.ts';
import { Tenure } from '../../functions/lease/tenure.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { botForTenure } from '../../functions/telegram/tenure-bot.ts';

const TOKEN = '42:tenure-bot-test';
const ADA = { id: 5, first_name: 'Ada' };

describe('the calls of a tenure’s bot', () => {
  let server: BotApiServer;
  beforeAll(async () => {
    server = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
    server.user(ADA);
  });
  afterAll(() => server.close());

  const begin = (deadlineMs: number) => {
    let aheadMs = 0;
    const clock: Clock = {
      wallMs: () => systemClock.wallMs() + aheadMs,
      monotonicMs: () => systemClock.monotonicMs() + aheadMs,
      after: (delayMs, callback) => systemClock.after(delayMs, callback),
    };
    const deadline = new Countdown(clock, deadlineMs);
    const tenure = new Tenure({
      updateId: 1,
      fencingToken: 1,
      lease: () => deadline,
      deadline,
      skewMs: 0,
      clock,
    });
    const { api } = botForTenure({
      access: { token: TOKEN, apiRoot: server.apiRoot },
      botInfo: { id: 42, is_bot: true, username: 'b', first_name: 'B' } as never,
      tenure,
    });
    const over = async (): Promise<boolean> => {
      // To the end of the deadline and not beyond, however late this machine is.
      aheadMs = deadline.remainingMs() + 5;
      await tenure.close(0);
      return tenure.usedUpByHandler;
    };
    return { api, over };
  };

  it('are Telegram’s time, and not that of the handler which waits for them', async () => {
    const { api, over } = begin(8_000);
    server.fault({ fault: { kind: 'slow', delayMs: 1_200 }, method: 'sendMessage' });
    await api.sendMessage(ADA.id, 'x');
    expect(await over()).toBe(false);
  });

  it('are that with the flood wait that is sat out for them', async () => {
    const { api, over } = begin(8_000);
    server.fault({ fault: { kind: 'too-many-requests', retryAfter: 1 }, method: 'sendMessage' });
    await api.sendMessage(ADA.id, 'x');
    expect(await over()).toBe(false);
  });

  it('are the handler’s own time where nobody waits for them, as for the sign that it is typing', async () => {
    const { api, over } = begin(4_000);
    server.fault({ fault: { kind: 'slow', delayMs: 600 }, method: 'sendChatAction' });
    await api.sendChatAction(ADA.id, 'typing');
    expect(await over()).toBe(true);
  });
});
