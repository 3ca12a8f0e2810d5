import { GrammyError, HttpError } from 'grammy/web';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHttpFront, type HttpFront } from '../../functions/local/http-front.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import type { Tenure } from '../../functions/lease/tenure.ts';
import { createReceiver, MAX_BODY_BYTES, SECRET_HEADER } from '../../functions/http/receive.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const SECRET = 'current-secret';
const PREVIOUS = 'previous-secret';

describeOnEveryStore('the HTTP contract of the webhook', (store) => {
  let front: HttpFront;
  let handled: number[];
  let behave: (tenure: Tenure) => Promise<void>;
  let nextId = 1_000;
  let openPeer: (holder: string) => ReturnType<typeof openProtocol>;
  const refusals: string[] = [];

  beforeAll(async () => {
    const { client, tableName } = await store.freshTable();
    const settings = { tableName, maxClockSkewMs: 200, maxAttempts: 2 };
    openPeer = (holder) => openProtocol({ client, settings, scope: '1', holder, emit: () => {} });
    const protocol = openPeer('a');
    await activateLayout(protocol.leases, 1);
    const consumer = consumerOver(protocol, {
      maxAttempts: settings.maxAttempts,
      handle: async (update, tenure) => {
        handled.push(update.update_id);
        await behave(tenure);
      },
    });
    const receive = createReceiver({
      acceptedSecrets: async () => [SECRET, PREVIOUS],
      consumer: async () => consumer,
      onAnswered: () => {},
      onProblem: ({ reason }) => refusals.push(reason),
    });
    front = await startHttpFront({
      port: 0,
      receive: (request) => receive(request, 3_000),
      health: () => Promise.reject(new Error('not asked for here')),
    });
  });
  afterAll(() => front.close());
  beforeEach(() => {
    handled = [];
    behave = async () => {};
  });

  const url = (): string => `http://127.0.0.1:${front.port}/telegram/webhook`;
  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { [SECRET_HEADER]: SECRET },
  ) => fetch(url(), { method: 'POST', body, headers });
  const deliver = (update: object = {}) => post(JSON.stringify({ update_id: (nextId += 1), ...update }));

  it.each([
    ['no secret', {}],
    ['an empty secret', { [SECRET_HEADER]: '' }],
    ['a wrong secret', { [SECRET_HEADER]: 'current-secreT' }],
    ['a secret that only begins right', { [SECRET_HEADER]: 'current' }],
  ])('answers 401 to %s, before it looks at the body', async (_, headers) => {
    const response = await post('{"update_id": not json', headers);
    expect(response.status).toBe(401);
    expect(handled).toEqual([]);
    expect(await response.text()).not.toContain(SECRET);
  });

  it.each([SECRET, PREVIOUS])('accepts %s while the secret is being rotated', async (secret) => {
    const body = JSON.stringify({ update_id: (nextId += 1) });
    expect((await post(body, { [SECRET_HEADER]: secret })).status).toBe(200);
    expect(handled).toHaveLength(1);
  });

  it('answers 413 to a body above a mebibyte, and takes one of exactly that size', async () => {
    expect((await post('x'.repeat(MAX_BODY_BYTES + 1))).status).toBe(413);
    const start = `{"update_id":${(nextId += 1)},"message":{"text":"`;
    const end = '"}}';
    const full = start + 'x'.repeat(MAX_BODY_BYTES - start.length - end.length) + end;
    expect((await post(full)).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"update_id":'],
    ['an array', '[1]'],
    ['null', 'null'],
    ['no update_id', '{"message":{}}'],
    ['a string for update_id', '{"update_id":"7"}'],
    ['a fraction for update_id', '{"update_id":7.5}'],
    ['a number no computer keeps whole', '{"update_id":1e300}'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ])('answers 400 to %s', async (_, body) => {
    expect((await post(body)).status).toBe(400);
    expect(handled).toEqual([]);
  });

  it.each([
    ['an unknown kind', { something_new: { a: 1 } }],
    ['no kind at all', {}],
    ['a message without a chat', { message: { text: 'x' } }],
    ['a message that is a number', { message: 5 }],
    // Not written as a literal, where it would be the prototype and not be sent.
    [
      'nested prototype keys',
      { message: JSON.parse('{"__proto__":{"chat":{"id":1}},"constructor":1}') as object },
    ],
  ])('never refuses a signed update for its shape: %s', async (_, update) => {
    expect((await deliver(update)).status).toBe(200);
    expect(handled).toHaveLength(1);
  });

  it('answers a redelivery 200 without handling it again', async () => {
    const update = { update_id: (nextId += 1) };
    expect((await deliver(update)).status).toBe(200);
    const again = await deliver(update);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ outcome: 'duplicate' });
    expect(handled).toHaveLength(1);
  });

  it('answers 500 to a failed attempt and 200 once the update is parked', async () => {
    behave = () => Promise.reject(new TypeError('our own mistake'));
    const update = { update_id: (nextId += 1) };
    const statuses = [await deliver(update), await deliver(update), await deliver(update)].map(
      (r) => r.status,
    );
    expect(statuses).toEqual([500, 200, 200]);
    expect(handled).toHaveLength(2);
  });

  describe('hands the attempt back, so that an outage parks nothing', () => {
    const answered = (code: number, description: string, retryAfter?: number) =>
      new GrammyError(
        'call failed',
        {
          ok: false,
          error_code: code,
          description,
          ...(retryAfter !== undefined && { parameters: { retry_after: retryAfter } }),
        },
        'sendMessage',
        {},
      );
    it.each([
      ['429 with its own wait', answered(429, 'Too Many Requests', 17), '17'],
      ['500 of the Bot API', answered(500, 'Internal Server Error'), null],
      ['silence of the Bot API', new HttpError('network', new Error('reset')), null],
      ['a token that is refused', answered(401, 'Unauthorized'), null],
      ['the store', new StoreUnavailableError('down'), null],
    ])('%s', async (_, error, retryAfter) => {
      behave = () => Promise.reject(error);
      const update = { update_id: (nextId += 1) };
      for (let delivery = 0; delivery < 4; delivery += 1) {
        const response = await deliver(update);
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe(retryAfter);
      }
      behave = async () => {};
      expect((await deliver(update)).status).toBe(200);
    });

    it.each([
      ['callback_query', 35, '35'],
      ['callback_query', 400, '150'],
      ['inline_query', 12, '12'],
      ['inline_query', 35, '30'],
    ])('a %s in a flood wait of %d s comes again after it, within its life', async (kind, wanted, told) => {
      behave = () => Promise.reject(answered(429, 'Too Many Requests', wanted));
      const response = await deliver({ update_id: (nextId += 1), [kind]: { from: { id: 5 } } });
      expect(response.headers.get('retry-after')).toBe(told);
    });

    it.each([
      ['blocked by the user', answered(403, 'Forbidden: bot was blocked by the user')],
      ['not modified', answered(400, 'Bad Request: message is not modified: same content')],
      [
        'a query that is too old',
        answered(400, 'Bad Request: query is too old and response timeout expired'),
      ],
    ])('but "%s" is done', async (_, error) => {
      behave = () => Promise.reject(error);
      expect((await deliver()).status).toBe(200);
    });

    it('a refusal that would come again counts', async () => {
      behave = () => Promise.reject(answered(400, 'Bad Request: message text is empty'));
      expect((await deliver()).status).toBe(500);
    });
  });

  describe('while another consumer is busy', () => {
    const holdAsPeer = async (): Promise<() => Promise<void>> => {
      const peer = openPeer('peer');
      const { epoch } = await peer.layout.current();
      const key = { epoch, partition: 0 };
      const nowMs = Date.now();
      const item = await peer.leases.read(key);
      const reply = await peer.leases.acquire({
        key,
        holder: 'peer',
        attemptId: `peer-${nowMs}`,
        updateId: 1,
        // The Retry-After is about as long as the peer has been at it.
        nowMs: nowMs - 8_000,
        expiresAtMs: nowMs + 20_000,
        staleBeforeMs: nowMs,
        overToken: item?.fencingToken,
      });
      expect(reply.kind === 'applied').toBe(true);
      const fencingToken = (item?.fencingToken ?? 0) + 1;
      return async () => {
        await peer.leases.release({ key, holder: 'peer', fencingToken, attemptId: `${nowMs}-release` });
      };
    };

    it.each([
      ['message', { message: { chat: { id: 5 } } }, (seconds: number) => seconds > 5 && seconds <= 10],
      ['callback_query', { callback_query: { from: { id: 5 } } }, (seconds: number) => seconds === 5],
      ['inline_query', { inline_query: { from: { id: 5 } } }, (seconds: number) => seconds === 1],
    ])('a %s is answered 503 with a Retry-After within its life', async (_, update, fits) => {
      const release = await holdAsPeer();
      try {
        const response = await deliver(update);
        expect(response.status).toBe(503);
        expect(fits(Number(response.headers.get('retry-after')))).toBe(true);
        expect(handled).toEqual([]);
      } finally {
        await release();
      }
    });
  });

  it('has no other paths and methods', async () => {
    expect((await fetch(url())).status).toBe(405);
    expect((await fetch(url().replace('webhook', 'other'), { method: 'POST' })).status).toBe(404);
  });

  it('never answers 410, which would make Telegram drop the webhook', async () => {
    behave = () =>
      Promise.reject(new GrammyError('gone', { ok: false, error_code: 410, description: 'Gone' }, 'x', {}));
    expect((await deliver()).status).toBe(500);
  });

  it('closes the guard behind every update', async () => {
    let kept: Tenure | undefined;
    behave = async (tenure) => void (kept = tenure);
    await deliver();
    await expect(kept?.run(async () => 'late')).rejects.toThrow('already settled');
  });
});
