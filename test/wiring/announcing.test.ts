import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Announcer } from '../../functions/bot/announcer.ts';
import { DynamoLanguageStore } from '../../functions/dynamodb/language-store.ts';
import { DynamoRateLimiter } from '../../functions/dynamodb/rate-limiter.ts';
import { systemClock } from '../../functions/lease/clock.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { announcing, BEYOND_DEADLINE_MS } from '../../functions/wiring/announcing.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';
import { TestClock } from '../fixtures/test-clock.ts';

const TOKEN = '42:right';
const update = {
  update_id: 7,
  message: {
    message_id: 1,
    date: 1,
    from: { id: 5, is_bot: false, first_name: 'A' },
    chat: { id: 5, type: 'private', first_name: 'A' },
  },
};

describe('the message about a parked update', () => {
  it.each([
    [1_000, 12_000, 13_500],
    [11_000, 12_000, 3_500],
    [14_000, 12_000, 500],
    [20_000, 12_000, 0],
  ])('after %i ms of a deadline of %i ms has %i ms', async (tookMs, deadlineMs, leftMs) => {
    const clock = new TestClock();
    const limits: number[] = [];
    const consumer = announcing(
      {
        consume: async () => {
          clock.advance(tookMs);
          return { kind: 'parked', error: 'x' };
        },
      },
      { parked: async (_update, _error, limitMs) => void limits.push(limitMs) },
      clock,
    );
    await consumer.consume({ update, orderingKey: 5, deadlineMs });
    expect(limits).toEqual([leftMs]);
    expect(tookMs + leftMs).toBeLessThan(Math.max(tookMs + 1, deadlineMs + BEYOND_DEADLINE_MS));
  });
});

describe('telling people of a parked update', () => {
  let telegram: BotApiServer;
  /** DynamoDB that never answers. */
  let silentStore: Server;
  let announcer: Announcer;
  beforeAll(async () => {
    telegram = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
    telegram.user({ id: 5, first_name: 'A' });
    telegram.user({ id: 900, first_name: 'Root' });
    silentStore = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silentStore, 'listening');
    const client = localClient(`http://127.0.0.1:${(silentStore.address() as AddressInfo).port}`);
    announcer = new Announcer({
      telegram: { token: TOKEN, apiRoot: telegram.apiRoot },
      settings: { adminUserIds: [900], allowedUserIds: [] },
      rateLimiter: new DynamoRateLimiter({ client, tableName: 'none', botId: '42' }),
      languages: new DynamoLanguageStore({ client, tableName: 'none', botId: '42' }),
      clock: systemClock,
    });
  });
  afterAll(async () => {
    await telegram.close();
    silentStore.closeAllConnections();
    silentStore.close();
  });

  it('ends in the time that is left, though neither the store nor Telegram answers', async () => {
    const fault = telegram.fault({ fault: { kind: 'hang' }, method: 'sendMessage', times: Infinity });
    const startedAt = performance.now();
    await announcer.parked(update, 'x', 400);
    // One request to a silent store takes ten seconds, and one to Telegram for ever.
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    fault.remove();
  });

  it('is not begun when too little is left for a message', async () => {
    const before = telegram.calls().length;
    await announcer.parked(update, 'x', 190);
    expect(telegram.calls()).toHaveLength(before);
  });
});
