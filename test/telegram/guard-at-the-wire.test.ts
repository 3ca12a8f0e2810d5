import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUNDLING } from '../../infra/bundling.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import * as source from './call-parts.ts';

const DEADLINE_MS = 12_000;
const SKEW_MS = 1_000;
const OK = { ok: true, result: { message_id: 1 } };
const FLOOD = {
  ok: false,
  error_code: 429,
  description: 'Too Many Requests',
  parameters: { retry_after: 1 },
};
const ILL = { ok: false, error_code: 500, description: 'Internal Server Error' };

type Network = (nth: number, signal: AbortSignal, method: string) => Promise<Response>;

const answer = (body: object): Response => new Response(JSON.stringify(body));
const silent: Network = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'guard-at-the-wire-'))));
afterAll(() => rm(folder, { recursive: true }));

const BUILDS: [string, () => Promise<typeof source>][] = [
  ['as `bot start` runs it', async () => source],
  [
    'bundled as the Lambda is',
    async () => {
      const entry = fileURLToPath(new URL('./call-parts.ts', import.meta.url));
      await build({ ...BUNDLING, entryPoints: [entry], outdir: folder });
      return (await import(pathToFileURL(join(folder, 'call-parts.mjs')).href)) as typeof source;
    },
  ],
];

describe.each(BUILDS)('a call of the tenure’s bot, %s', { timeout: 10_000 }, (_name, load) => {
  let parts: typeof source;
  beforeAll(async () => {
    parts = await load();
  });
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** @param elapsedMs the part of the deadline that is over when the handler begins */
  const begin = (network: Network, elapsedMs = 0, progress = { sent: 0, unconfirmed: 0 }) => {
    const clock = new TestClock();
    const span = new parts.Countdown(clock, DEADLINE_MS);
    const of = { updateId: 1, fencingToken: 1, lease: () => span, deadline: span, skewMs: SKEW_MS, clock };
    const tenure = new parts.Tenure({ ...of, progress });
    clock.advance(elapsedMs);
    const signals: AbortSignal[] = [];
    const asked: string[] = [];
    const fetch = ((url: string, { signal }: { signal: AbortSignal }) => {
      const method = url.slice(url.lastIndexOf('/') + 1);
      asked.push(method);
      return network(signals.push(signal), signal, method);
    }) as typeof globalThis.fetch;
    const { api } = parts.botForTenure({
      access: { token: '42:x', apiRoot: 'http://127.0.0.1:9', fetch },
      botInfo: { id: 42, is_bot: true, first_name: 'B', username: 'b' } as never,
      tenure,
    });
    /** How the call ended: its error, or nothing. */
    const call = (text: string): Promise<unknown> =>
      api.sendMessage(5, text).then(
        () => undefined,
        (error: unknown) => error,
      );
    return { clock, tenure, api, call, signals, asked };
  };
  /** grammY wraps what the network threw. */
  const causeOf = (error: unknown): unknown => (error as { error?: unknown }).error ?? error;

  it('leaves while its tenure lasts', async () => {
    const { call, signals } = begin(async () => answer(OK));
    expect(await call('now')).toBeUndefined();
    expect(signals).toHaveLength(1);
  });

  it('leaves no timer behind when it has ended', async () => {
    const { call } = begin(async () => answer(OK));
    await call('x');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with a signal of its own as well', async () => {
    const { api, signals } = begin(silent);
    const own = new AbortController();
    const called = api.sendMessage(5, 'x', {}, own.signal as never).catch((error: unknown) => error);
    await turn();
    own.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await called).toBeInstanceOf(Error);
  });

  it('counts as a message where a person sees it once more when it is repeated, and only there', async () => {
    const { api, tenure } = begin(async () => answer(OK));
    const sent = async (call: Promise<unknown>): Promise<number> => {
      await call;
      return tenure.progress.sent;
    };
    expect(await sent(api.forwardMessage(5, 6, 7))).toBe(1);
    expect(await sent(api.copyMessage(5, 6, 7))).toBe(2);
    expect(await sent(api.sendDocument(5, 'id'))).toBe(3);
    expect(await sent(api.sendChatAction(5, 'typing'))).toBe(3);
    expect(await sent(api.editMessageText(5, 7, 'x'))).toBe(3);
    expect(await sent(api.answerCallbackQuery('9'))).toBe(3);
  });

  it('is not sent again while Telegram answers that it is ill, which uses up no repetition', async () => {
    let isIll = true;
    const network: Network = async (_nth, _signal, method) => answer(method === 'getMe' && isIll ? ILL : OK);
    const { tenure, call, asked } = begin(network, 0, { sent: 0, unconfirmed: 1 });
    expect(await call('x')).toBeInstanceOf(Error);
    expect(asked).toEqual(['getMe']);
    expect(tenure.progress).toEqual({ sent: 0, unconfirmed: 1 });
    isIll = false;
    expect(await call('x')).toBeUndefined();
    expect(asked).toEqual(['getMe', 'getMe', 'sendMessage']);
    expect(tenure.progress).toEqual({ sent: 1, unconfirmed: 0 });
  });

  it('does not leave once its update is settled', async () => {
    const { tenure, call, signals } = begin(async () => answer(OK));
    await call('before');
    await tenure.close(0);
    expect(causeOf(await call('late'))).toBeInstanceOf(parts.TenureOverError);
    expect(signals).toHaveLength(1);
  });

  it('does not leave once the lease cannot be trusted', async () => {
    const { clock, call, signals } = begin(async () => answer(OK));
    clock.advance(DEADLINE_MS - SKEW_MS);
    expect(causeOf(await call('late'))).toBeInstanceOf(parts.TenureOverError);
    expect(signals).toHaveLength(0);
  });

  it('does not leave once the lease was lost', async () => {
    const { tenure, call, signals } = begin(async () => answer(OK));
    tenure.revoke();
    expect(causeOf(await call('late'))).toBeInstanceOf(parts.TenureOverError);
    expect(signals).toHaveLength(0);
  });

  it('ends with its tenure', async () => {
    const { tenure, call, signals } = begin(silent);
    const called = call('x');
    await turn();
    tenure.revoke();
    expect(await called).toBeDefined();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('is waited for by the settling until its body is in', async () => {
    let give!: (response: Response) => void;
    const { tenure, call } = begin(() => new Promise((resolve) => (give = resolve)));
    const called = call('that nobody waits for');
    await turn();
    let allIn: boolean | undefined;
    void tenure.close(0).then((all) => (allIn = all));
    let body!: ReadableStreamDefaultController<Uint8Array>;
    give(new Response(new ReadableStream({ start: (controller) => void (body = controller) })));
    await turn();
    expect(allIn).toBeUndefined();
    body.enqueue(new TextEncoder().encode(JSON.stringify(OK)));
    body.close();
    await called;
    await expect.poll(() => allIn, { interval: 1 }).toBe(true);
  });

  it('is made once where nothing answers, and the update is not to blame', async () => {
    const { call, signals } = begin(() => Promise.reject(new TypeError('fetch failed')));
    const error = call('x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(parts.judge(await error)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
    expect(signals).toHaveLength(1);
  });

  it('has all the time that is left, and is given up right before its tenure ends', async () => {
    const { tenure, call, signals } = begin(silent);
    const error = call('x');
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - SKEW_MS - 300);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(200);
    expect(parts.judge(await error)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(tenure.lapsed).toBe(false);
  });

  it.each<[string, object]>([
    ['an answer of its own that it is ill', ILL],
    ['a page of a gateway', { status: 502 }],
  ])('may have arrived behind %s, and Telegram is asked before it is sent again', async (_what, body) => {
    const { tenure, call, signals } = begin(async () => answer(body));
    await call('x');
    expect(tenure.progress).toEqual({ sent: 0, unconfirmed: 1 });
    expect(signals).toHaveLength(1);
  });

  it('has not arrived where Telegram refused it, or there was no connection', async () => {
    const refused = begin(async () => answer({ ok: false, error_code: 400, description: 'Bad Request' }));
    await refused.call('x');
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });
    const both = Object.assign(new AggregateError([cause, cause]), { code: 'ECONNREFUSED' });
    const alone = begin(() => Promise.reject(new TypeError('fetch failed', { cause: both })));
    await alone.call('x');
    expect([refused, alone].map(({ tenure }) => tenure.progress)).toEqual(
      Array(2).fill({ sent: 0, unconfirmed: 0 }),
    );
  });

  it('is made once where Telegram itself is ill, and the update is not to blame', async () => {
    const { call, signals } = begin(async () => answer(ILL));
    const error = call('x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(parts.judge(await error)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
    expect(signals).toHaveLength(1);
  });

  it('is repeated once after a short flood wait, and no more', async () => {
    const once = begin(async (nth) => answer(nth === 1 ? FLOOD : OK));
    const error = once.call('x');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await error).toBeUndefined();
    expect(once.signals).toHaveLength(2);

    const always = begin(async () => answer(FLOOD));
    const refused = always.call('x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(parts.judge(await refused)).toMatchObject({ kind: 'deferred', retryAfterMs: 1_000 });
    expect(always.signals).toHaveLength(2);
  });

  it('is not repeated after a flood wait that its tenure does not outlast', async () => {
    const { tenure, call, signals } = begin(async () => answer(FLOOD));
    const error = call('x');
    await vi.advanceTimersByTimeAsync(500);
    tenure.revoke();
    // At once: nothing is left that would have to come due.
    expect(await error).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signals).toHaveLength(1);
  });

  it('does not sit out a flood wait of four seconds, nor one of half of the time that is left', async () => {
    const flood = (seconds: number): Network => {
      return async () => answer({ ...FLOOD, parameters: { retry_after: seconds } });
    };
    const long = begin(flood(4));
    expect(parts.judge(await long.call('x'))).toMatchObject({ kind: 'deferred', retryAfterMs: 4_000 });
    expect(long.signals).toHaveLength(1);

    const late = begin(flood(2), DEADLINE_MS - SKEW_MS - 3_900);
    expect(parts.judge(await late.call('x'))).toMatchObject({ kind: 'deferred', retryAfterMs: 2_000 });
    expect(late.signals).toHaveLength(1);
  });
});
