import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Update } from 'grammy/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginFunction, invokeFunction } from '../../functions/aws/lambda-invoke.ts';
import type { Uploads } from '../../functions/bot/uploads.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { remoteUploads } from '../../functions/uploads/remote-uploads.ts';
import { startTestBot, type TestBot } from '../fixtures/conversation.ts';

const root = { id: 900, first_name: 'Root', language_code: 'en' };
const upload = { fileId: 'file', fileName: 'atoms.json', asker: { userId: root.id } };

const uploads: Uploads = remoteUploads({
  ask: (request, signal) => invokeFunction('importer', request, signal),
  begin: (request, signal) => beginFunction('importer', request, signal),
});

type Answer = (response: ServerResponse) => void;

const refusing =
  (status: number, code: string): Answer =>
  (response) =>
    void response.writeHead(status, { 'x-amzn-errortype': `${code}:http://internal` }).end('{}');
const gone: Answer = (response) => void response.destroy();
const silent: Answer = () => {};

/** Lambda's Invoke, which gives the `answer`. */
let lambda: Server;
let answer: Answer;
beforeAll(async () => {
  lambda = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(lambda, 'listening');
});
afterAll(() => {
  lambda.closeAllConnections();
  lambda.close();
});
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => vi.unstubAllEnvs());

describe('an importer that cannot be reached', () => {
  it.each<[string, Answer]>([
    ['throttled', refusing(429, 'TooManyRequestsException')],
    ['ill', refusing(500, 'ServiceException')],
    ['behind a broken proxy', (response) => void response.writeHead(502).end('<html>')],
    ['forbidden for now', refusing(403, 'AccessDeniedException')],
    ['cut off', gone],
    [
      'cut off in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{');
        setTimeout(() => response.destroy(), 10);
      },
    ],
  ])('is the fault of no update: %s', async (_what, given) => {
    answer = given;
    const { signal } = new AbortController();
    await expect(uploads.check(upload, signal)).rejects.toThrow(StoreUnavailableError);
    await expect(uploads.begin(upload)).rejects.toThrow(StoreUnavailableError);
    await expect(uploads.beginReindex(upload.asker)).rejects.toThrow(
      /The importer cannot be reached: lambda /,
    );
  });

  it('is given up when it is silent, and that is no update’s fault either', async () => {
    answer = silent;
    await expect(uploads.begin(upload)).rejects.toThrow(/lambda did not answer: TimeoutError/);
  });

  it('is not waited for longer than the caller lets it be', async () => {
    answer = silent;
    const reason = new Error('too late');
    const late = new AbortController();
    setTimeout(() => late.abort(reason), 20);
    await expect(uploads.check(upload, late.signal)).rejects.toBe(reason);
    await expect(uploads.begin(upload, late.signal)).rejects.toBe(reason);
  });
});

describe('an importer that blames what it was sent, or dies of it', () => {
  it.each<[string, Answer, RegExp]>([
    ['too large', refusing(413, 'RequestTooLargeException'), /RequestTooLargeException/],
    [
      'deadly',
      (response) =>
        void response
          .writeHead(200, { 'x-amz-function-error': 'Unhandled' })
          .end('{"errorType":"Runtime.ExitError"}'),
      /Runtime\.ExitError/,
    ],
  ])('counts as an attempt: %s', async (_what, given, message) => {
    answer = given;
    const thrown = await uploads
      .check(upload, new AbortController().signal)
      .catch((error: unknown) => error as Error);
    expect(thrown).not.toBeInstanceOf(StoreUnavailableError);
    expect((thrown as Error).message).toMatch(message);
  });
});

describe('an administrator’s document while Lambda refuses', () => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({
      knowledge: 'none',
      env: { ADMIN_USER_IDS: String(root.id) },
      change: (deps) => ({ ...deps, uploads }),
    });
    bot.server.user(root);
  });
  afterAll(() => bot.close());

  it('is handed back however often, and checked when Lambda is there again', async () => {
    answer = refusing(429, 'TooManyRequestsException');
    const message = {
      message_id: 1,
      date: Math.floor(Date.now() / 1000),
      from: { ...root, is_bot: false },
      chat: { id: root.id, type: 'private', first_name: root.first_name },
      document: { file_id: 'f', file_unique_id: 'f', file_name: 'atoms.json', file_size: 10 },
    };
    const update = { update_id: 9_001, message } as Update;
    for (let delivery = 1; delivery <= 6; delivery += 1) {
      expect(await bot.consume(update)).toMatchObject({ kind: 'deferred' });
    }
    const check = { fileName: 'atoms.json', added: 1, changed: 0, unchanged: 0, rejected: 0 };
    answer = (response) =>
      void response
        .writeHead(200)
        .end(JSON.stringify({ kind: 'checked', check: { ...check, problems: [], problemCount: 0 } }));
    expect(await bot.consume(update)).toMatchObject({ kind: 'done' });
  });
});
