import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { HttpError } from 'grammy/web';
import { describe, expect, it, onTestFinished } from 'vitest';
import { botApiFetch } from '../../functions/telegram/bot-api-answer.ts';
import { telegramApi } from '../../functions/telegram/bot-identity.ts';
import { whyUnanswered } from '../../functions/telegram/unanswered.ts';
import { freePort } from '../fixtures/free-port.ts';

const TOKEN = '42:secret-of-the-bot';

const failure = (apiRoot: string, send?: typeof fetch): Promise<unknown> =>
  telegramApi({ token: TOKEN, apiRoot, ...(send && { fetch: send }) })
    .getMe()
    .then(
      () => undefined,
      (error: unknown) => error,
    );

async function servedAs(body: string): Promise<string> {
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a call that is not answered', () => {
  it('has seconds to connect to each address of a far host', () => {
    expect(getDefaultAutoSelectFamilyAttemptTimeout()).toBeGreaterThanOrEqual(2_000);
  });

  it('names the host and the reason, and never the token', async () => {
    const port = await freePort();
    const refused = await failure(`http://127.0.0.1:${port}`);
    expect(whyUnanswered(refused as HttpError)).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
    const unknown = await failure('http://no-such-host.invalid');
    expect(whyUnanswered(unknown as HttpError)).toMatch(/^getaddrinfo E\w+ no-such-host\.invalid$/);
    const both = new AggregateError(['ETIMEDOUT 10.9.0.2', 'ENETUNREACH 2001:db8::2'].map(connect));
    const cause = new TypeError('fetch failed', { cause: both });
    expect(whyUnanswered(new HttpError('x', cause))).toBe(
      'connect ETIMEDOUT 10.9.0.2, connect ENETUNREACH 2001:db8::2',
    );
    expect(whyUnanswered(new HttpError('x', new Error(`https://api.telegram.org/bot${TOKEN}/getMe`)))).toBe(
      'Error',
    );
    const late = new HttpError('x', new DOMException('late', 'TimeoutError'));
    expect(whyUnanswered(late)).toBe('no answer came in time');
  });

  it.each(['null', '[]', '"x"', '<html>', '{}', ''])(
    'is recognised as such where the answer is %j',
    async (body) => {
      expect(await failure(await servedAs(body))).toMatchObject({
        error_code: 502,
        description: "the answer (200) was not the Bot API's",
      });
    },
  );

  it('passes on what the Bot API says', async () => {
    const body = JSON.stringify({ ok: true, result: { id: 42 } });
    const response = await botApiFetch(async () => new Response(body))('http://x');
    expect(await response.text()).toBe(body);
  });
});

function connect(text: string): Error {
  return Object.assign(new Error(`connect ${text}`), { syscall: 'connect' });
}
