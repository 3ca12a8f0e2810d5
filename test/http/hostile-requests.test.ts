import { request as send } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { startHttpFront, type HttpFront } from '../../functions/local/http-front.ts';
import type { HealthReport } from '../../functions/status/report.ts';
import { WEBHOOK_PATH } from '../../functions/http/paths.ts';
import { requestOf } from '../../functions/http/api-gateway.ts';
import { createReceiver, SECRET_HEADER } from '../../functions/http/receive.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { gate } from '../lease/world.ts';
import { propertyRuns } from '../fixtures/property-runs.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

const SECRET = 'a-secret-of-the-test';
const DEADLINE_MS = 5_000;

type Receive = ReturnType<typeof createReceiver>;

describe('a hostile request', () => {
  let dynamo: RunningEndpoint;
  let client: ReturnType<typeof localClient>;
  let receive: Receive;
  let front: HttpFront;
  let handled = 0;
  let fails = false;
  // Far from the ids that the generated bodies make up.
  let nextId = 1_000_000_000;
  beforeAll(async () => {
    dynamo = await fastEndpoint().start();
    client = localClient(dynamo.endpoint);
    await createTableIfMissing(client, 'hostile');
    const settings = { tableName: 'hostile', maxClockSkewMs: 500, maxAttempts: 2 };
    const protocol = openProtocol({ client, settings, scope: '1', holder: 'a', emit: () => {} });
    await activateLayout(protocol.leases, 1);
    const consumer = consumerOver(protocol, {
      maxAttempts: 2,
      handle: async () => {
        handled += 1;
        if (fails) throw new TypeError('a defect');
      },
    });
    receive = createReceiver({
      acceptedSecrets: async () => [SECRET],
      consumer: async () => consumer,
      onAnswered: () => {},
      onProblem: () => {},
    });
    front = await startHttpFront({
      port: 0,
      receive: (request) => receive(request, DEADLINE_MS),
      health: () => Promise.resolve({ status: 'running' } as HealthReport),
    });
  });
  afterAll(async () => {
    await front.close();
    client.destroy();
    await dynamo.close();
  });

  const post = (body: Uint8Array, headers: Record<string, string | string[]>): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = send(
        { port: front.port, path: WEBHOOK_PATH, method: 'POST', headers, agent: false },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      call.on('error', reject);
      call.end(body);
    });

  const get = (path: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = send({ port: front.port, path, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on('error', reject).end();
    });

  it('for the health of the bot is refused to a web page, and to a name that resolves to loopback', async () => {
    for (const headers of [
      {},
      { host: 'localhost' },
      { host: '[::1]:80' },
      { origin: `http://127.0.0.1:${front.port}`, host: `127.0.0.1:${front.port}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ] as Record<string, string>[])
      expect(await get('/health', headers)).toBe(200);
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ] as Record<string, string>[])
      expect(await get('/health', headers)).toBe(403);
  });

  it('for what is no path is answered 404', async () => {
    for (const path of ['//', '//x:99999/', '/%E0%A4%A', '/health/../%']) expect(await get(path)).toBe(404);
  });

  /** A well-behaved update gets through at once. */
  const expectInService = async (): Promise<void> => {
    const before = handled;
    const body = Buffer.from(JSON.stringify({ update_id: (nextId += 1) }));
    expect(await post(body, { [SECRET_HEADER]: SECRET })).toBe(200);
    expect(handled).toBe(before + 1);
  };

  /** The status that the contract demands for a signed body, derived without the code under test. */
  function expectedStatus(body: Uint8Array): number {
    let value: unknown;
    try {
      const text = Buffer.from(body).toString('utf8');
      if (!Buffer.from(text).equals(Buffer.from(body))) return 400;
      value = JSON.parse(text.replace(/^\ufeff/, ''));
    } catch {
      return 400;
    }
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && Number.isSafeInteger((value as { update_id?: unknown }).update_id) ? 200 : 400;
  }

  const json = fc.oneof(
    fc.json(),
    fc.json({ maxDepth: 6 }).map((text) => `{"update_id":${(nextId += 1)},"message":${text}}`),
    fc.constantFrom(
      '{"update_id":1,"update_id":"x"}',
      '{"update_id":"x","update_id":77}',
      '{"__proto__":{"update_id":5}}',
      '{"constructor":{"prototype":{"update_id":5}}}',
      '{"update_id":1e3}',
      '{"update_id":-0}',
      '{"update_id":9007199254740993}',
      `{"update_id":${'9'.repeat(400)}}`,
      '{"update_id":78,"message":{"text":"\\ud83d"}}',
      '{"update_id":79,"message":{"text":"\\u0000"}}',
      '\ufeff{"update_id":80}',
      '{"update_id":81,}',
      'NaN',
    ),
  );
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    json.map((text): Uint8Array => Buffer.from(text)),
    // Cut off, or with one byte changed.
    fc.tuple(json, fc.nat(), fc.nat(255)).map(([text, at, byte]): Uint8Array => {
      const bytes = Buffer.from(text);
      return byte < 128
        ? bytes.subarray(0, at % (bytes.length + 1))
        : Buffer.concat([bytes.fill(byte, at % bytes.length, (at % bytes.length) + 1)]);
    }),
  );

  it('that is signed gets the status that the contract promises for its body', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const expected = expectedStatus(body);
        expect(await post(body, { [SECRET_HEADER]: SECRET })).toBe(expected);
      }),
      propertyRuns(100),
    );
    await expectInService();
  });

  it('nested as deep as a body can be is an update like any other', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 100_000;
      const body = `{"update_id":${(nextId += 1)},"message":${open.repeat(depth)}1${close.repeat(depth)}}`;
      expect(await post(Buffer.from(body), { [SECRET_HEADER]: SECRET })).toBe(
        expectedStatus(Buffer.from(body)),
      );
    }
    await expectInService();
  });

  it('that fails every time is parked, however large and deep it is', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const bodies = [
      `"message":${deep}`,
      `"message":{"text":"${'x'.repeat(1_000_000)}"}`,
      `"message":"\\ud83d"`,
    ];
    fails = true;
    for (const rest of bodies) {
      const body = Buffer.from(`{"update_id":${(nextId += 1)},${rest}}`);
      const statuses: number[] = [];
      for (let i = 0; i < 3; i += 1) statuses.push(await post(body, { [SECRET_HEADER]: SECRET }));
      expect(statuses).toEqual([500, 200, 200]);
    }
    fails = false;
    await expectInService();
  });

  it('is turned away without the one right secret, whatever its headers', async () => {
    const before = handled;
    const value = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x20-\x7e]/g, ''));
    const headers = fc.oneof(
      fc.dictionary(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,20}$/), value, { maxKeys: 8 }),
      value.map((secret) => ({ [SECRET_HEADER]: secret })),
      fc.constantFrom(
        { [SECRET_HEADER]: [SECRET, SECRET] },
        { [SECRET_HEADER]: [SECRET, 'x'] },
        { [SECRET_HEADER]: `${SECRET}, ${SECRET}` },
        { [SECRET_HEADER]: `${SECRET}\t x` },
        { authorization: SECRET },
        { 'x-telegram-bot-api-secret-toke': SECRET },
      ),
    );
    // These decide how the body is framed, which is Node's own business.
    const framing = /^(?:content-length|transfer-encoding|connection|expect|upgrade|host|te|trailer)$/i;
    await fc.assert(
      fc.asyncProperty(headers, async (all) => {
        const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !framing.test(name)));
        expect(await post(Buffer.from(`{"update_id":${(nextId += 1)}}`), kept)).toBe(401);
      }),
      propertyRuns(50),
    );
    expect(handled).toBe(before);
  });

  it('that is no HTTP, or never ends, disturbs nobody else', async () => {
    const left: ReturnType<typeof connect>[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
          fc.constantFrom(
            Buffer.from(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"upd`),
            Buffer.from(
              `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
            ),
            Buffer.from(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`),
            Buffer.from('POST http://[ HTTP/1.1\r\nhost: x\r\n\r\n'),
            Buffer.from('GET //\\ HTTP/1.1\r\nhost: x\r\n\r\n'),
            Buffer.from('GET /%ff%00..%2f HTTP/1.1\r\nhost: x\r\n\r\n'),
            Buffer.from(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
          ),
        ),
        async (bytes) => {
          const socket = connect(front.port, '127.0.0.1');
          left.push(socket);
          socket.on('error', () => {});
          await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
        },
      ),
      propertyRuns(30),
    );
    await expectInService();
    // Nor does it hold up the end: the sockets are left to `close`.
    expect(left.some(({ destroyed }) => !destroyed)).toBe(true);
  });

  it('whose caller hangs up while it is handled is finished before the front closes, and holds it up no longer', async () => {
    const begun = gate();
    const finished = gate();
    const slow = await startHttpFront({
      port: 0,
      receive: async () => {
        begun.open();
        await finished.opened;
        return { status: 200, headers: {}, body: '' };
      },
      health: () => Promise.reject(new Error('not asked for here')),
    });
    const caller = connect(slow.port, '127.0.0.1');
    caller.write(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`);
    await begun.opened;
    caller.destroy();
    let closed = false;
    const close = slow.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(false);
    finished.open();
    await close;
    expect(closed).toBe(true);
  });

  it('of API Gateway is read for what it is, however odd the event', async () => {
    const events = fc.record(
      {
        headers: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })),
        body: fc.string({ unit: anyCharacter, maxLength: 100 }),
        isBase64Encoded: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const unsigned = requestOf(event as Parameters<typeof requestOf>[0]);
        expect((await receive(unsigned, DEADLINE_MS)).status).toBe(401);
        const signed = { ...unsigned, headers: { ...unsigned.headers, [SECRET_HEADER]: SECRET } };
        expect((await receive(signed, DEADLINE_MS)).status).toBe(expectedStatus(signed.body));
      }),
      propertyRuns(50),
    );
  });
});
