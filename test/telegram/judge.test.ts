import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Countdown, systemClock } from '../../functions/lease/clock.ts';
import { Tenure } from '../../functions/lease/tenure.ts';
import type { Verdict } from '../../functions/lease/verdict.ts';
import { telegramApi } from '../../functions/telegram/bot-identity.ts';
import { judge } from '../../functions/telegram/judge.ts';
import { botForTenure } from '../../functions/telegram/tenure-bot.ts';

const BLOCKED = '<html><body>Access to this site is blocked.</body></html>';
const botApis = (code: number, description: string, more: object = {}): string =>
  JSON.stringify({ ok: false, error_code: code, description, ...more });

describe('the fault of a failed call', () => {
  let server: Server;
  let next: { status: number; body: string };
  let apiRoot: string;
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(next.status).end(next.body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const judged = async (status: number, body: string): Promise<Verdict | 'answered'> => {
    next = { status, body };
    const deadline = new Countdown(systemClock, 5_000);
    const lease = (): Countdown => deadline;
    const clock = systemClock;
    const tenure = new Tenure({ updateId: 1, fencingToken: 1, lease, deadline, skewMs: 0, clock });
    const { api } = botForTenure({
      access: { token: '42:judge-test', apiRoot },
      botInfo: { id: 42, is_bot: true, username: 'b', first_name: 'B' } as never,
      tenure,
    });
    try {
      await api.sendMessage(5, 'x');
      return 'answered';
    } catch (error) {
      return judge(error);
    } finally {
      await tenure.close(0);
    }
  };

  it.each([
    [503, '{"message":"Service Unavailable"}'],
    [502, '{"ok":false,"error":"upstream"}'],
    [500, '{"ok":"no"}'],
    [503, 'upstream connect error'],
    [504, ''],
    [429, 'slow down'],
    [403, BLOCKED],
    [403, '{"ok":false,"message":"blocked by policy"}'],
    [400, BLOCKED],
    [401, BLOCKED],
    [404, '{"message":"no Route matched with those values"}'],
    [407, 'Proxy Authentication Required'],
    [408, BLOCKED],
    [451, BLOCKED],
    [200, BLOCKED],
    [200, '{"ok":false'],
    [200, '[]'],
    [200, 'null'],
  ])('is the way to Telegram where not the Bot API has answered: %i %s', async (status, body) => {
    expect(await judged(status, body)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
  });

  it('is the update’s size where a proxy says that it takes no more', async () => {
    expect(await judged(413, '<html>Request Entity Too Large</html>')).toMatchObject({ kind: 'failed' });
  });

  it('is what the Bot API says where that has answered', async () => {
    expect(await judged(200, '{"ok":true,"result":{}}')).toBe('answered');
    expect(await judged(403, botApis(403, 'Forbidden: bot was blocked by the user'))).toEqual({
      kind: 'done',
    });
    expect(await judged(400, botApis(400, 'Bad Request: chat not found'))).toEqual({ kind: 'done' });
    expect(await judged(400, botApis(400, 'Bad Request: message text is empty'))).toEqual({
      kind: 'failed',
      error: 'sendMessage: 400 Bad Request: message text is empty',
    });
    const flood = botApis(429, 'Too Many Requests', { parameters: { retry_after: 7 } });
    expect(await judged(429, flood)).toMatchObject({ kind: 'deferred', retryAfterMs: 7_000 });
    expect(await judged(502, botApis(502, 'Bad Gateway'))).toMatchObject({ kind: 'deferred' });
  });

  it('is the way to Telegram for calls outside the tenure’s bot, as for a file, as well', async () => {
    next = { status: 503, body: '{"message":"Service Unavailable"}' };
    const error: unknown = await telegramApi({ token: '42:judge-test', apiRoot })
      .getFile('x')
      .catch((thrown: unknown) => thrown);
    expect(judge(error)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
  });

  it.each(['', 'x'])('is cut between whole characters, however long it is', (before) => {
    const verdict = judge(new Error(before + '😀'.repeat(200)));
    if (verdict.kind !== 'failed') throw new Error(verdict.kind);
    expect(verdict.error.length).toBeLessThanOrEqual(200);
    expect(verdict.error.length).toBeGreaterThan(197);
    expect(Buffer.from(verdict.error).toString()).toBe(verdict.error);
  });
});
