import { afterEach, describe, expect, it } from 'vitest';
import type { BotDeps } from '../../functions/bot/deps.ts';
import { SLOW_AFTER_MS } from '../../functions/bot/typing.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import {
  answerOf,
  startTestBot,
  type TestBot,
  type TestBotOptions,
  transcript,
} from '../fixtures/conversation.ts';
import { validRecord } from '../fixtures/foreign-atoms.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import { gate } from '../lease/world.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const jana = { id: 502, first_name: 'Jana', language_code: 'de' };
const root = { id: 900, first_name: 'Root' };

let bot: TestBot | undefined;
afterEach(async () => {
  await bot?.close();
  bot = undefined;
});

const ATOMS = Array.from({ length: 12 }, (_, i) => ({ ...validRecord(`a:b:${i}`), title: `Motor ${i}` }));

async function start(options: TestBotOptions = {}): Promise<TestBot> {
  bot = await startTestBot({ knowledge: ATOMS, ...options });
  return bot;
}

describe('a Bot API in trouble', () => {
  it('has the update deferred, with its own wait, and answered when it is well again', async () => {
    const { server, chat, consume } = await start();
    server.fault({ fault: { kind: 'too-many-requests', retryAfter: 7 } });
    const turn = await chat(ada).say('motor');
    expect(turn.outcome).toEqual({ kind: 'deferred', reason: 'telegram', retryAfterMs: 7_000 });
    for (const kind of ['internal-error', 'bad-gateway', 'reset'] as const) {
      server.fault({ fault: { kind } });
      expect(await consume(turn.update)).toMatchObject({ kind: 'deferred', reason: 'telegram' });
    }
    expect(await consume(turn.update)).toEqual({ kind: 'done' });
    expect(server.messages(ada.id).filter(({ from }) => from?.is_bot)).toHaveLength(1);
  });

  it('that does not answer at all holds nobody up beyond the deadline', async () => {
    const { server, chat, consume } = await start();
    const { update } = await chat(ada).say('motor');
    server.fault({ fault: { kind: 'hang' } });
    const outcome = await consume({ ...update, update_id: update.update_id + 1_000 }, 2_000);
    expect(['deferred', 'busy']).toContain(outcome.kind);
  });

  it('settles the update of a user who has blocked the bot', async () => {
    const { server, chat } = await start();
    server.fault({ fault: { kind: 'blocked' } });
    expect((await chat(ada).say('motor')).outcome).toEqual({ kind: 'done' });
  });

  it('takes a change that changes nothing for done', async () => {
    const { chat } = await start();
    const { messages } = await chat(ada).say('motor');
    const turn = await chat(ada).pressData('v1:r:0:=motor', messages[0]!);
    expect(turn.calls.at(-1)).toMatchObject({ method: 'editMessageText', status: 400 });
    expect(turn.outcome).toEqual({ kind: 'done' });
  });

  it('may take an acknowledgement twice: the page is turned all the same', async () => {
    const { server, chat, consume } = await start();
    await chat(ada).say('motor');
    server.fault({ fault: { kind: 'internal-error' }, method: 'editMessageText' });
    const turn = await chat(ada).press('›');
    expect(turn.outcome.kind).toBe('deferred');
    expect(transcript(turn.pressed)).toContain('[1/3]');
    expect(await consume(turn.update)).toEqual({ kind: 'done' });
    expect(transcript(server.messages(ada.id).at(-1))).toContain('[2/3]');
  });
});

describe('a store in trouble', () => {
  const broken = (): Promise<never> => Promise.reject(new StoreUnavailableError('DynamoDB did not answer'));

  it.each<[string, (deps: BotDeps) => BotDeps]>([
    ['the rate limiter', (deps) => ({ ...deps, rateLimiter: { count: broken } })],
    ['the knowledge base', (deps) => ({ ...deps, knowledge: { current: broken } })],
    ['the record of unanswered searches', (deps) => ({ ...deps, gaps: { ...deps.gaps, record: broken } })],
  ])('has the update deferred when it is %s', async (_name, change) => {
    const { chat } = await start({ change });
    const turn = await chat(ada).say('zzqx');
    expect(turn).toMatchObject({ outcome: { kind: 'deferred', reason: 'store' }, calls: [] });
  });

  it('does not keep the bot from answering what needs no store', async () => {
    const { chat } = await start({ change: (deps) => ({ ...deps, knowledge: { current: broken } }) });
    expect(answerOf(await chat(ada).say('/help'))).toMatch(/^📖/);
  });
});

describe('an update that always fails', () => {
  it('is parked, its user gets one apology, and administrators a note, with the same reference', async () => {
    const defect = (): Promise<never> => Promise.reject(new TypeError('x is undefined'));
    const { server, chat, consume, announcer } = await start({
      env: { ADMIN_USER_IDS: '900', MAX_ATTEMPTS: '2' },
      change: (deps) => ({ ...deps, knowledge: { current: defect } }),
    });
    server.user(root);
    const { update, outcome } = await chat(jana).say('motor <b>');
    expect(outcome.kind).toBe('failed');
    const parked = await consume(update);
    if (parked.kind !== 'parked') throw new Error(`${parked.kind}, not parked`);
    await announcer.parked(update, parked.error, 5_000);
    const reference = String(update.update_id);
    expect(transcript(server.messages(jana.id).at(-1))).toMatch(
      new RegExp(`^😔 Entschuldige, .* nenne diese Nummer: ${reference}$`),
    );
    expect(transcript(server.messages(root.id).at(-1))).toBe(
      `🚨 Update ${reference} was parked: its last attempt failed.\n\nTypeError: x is undefined\n\nbot updates show ${reference}`,
    );
    expect(await consume(update)).toEqual({ kind: 'duplicate', of: 'dead' });
  });

  it('does not flood administrators with notes', async () => {
    const { server, announcer } = await start({ env: { ADMIN_USER_IDS: '900' } });
    server.user(root);
    for (let id = 1; id <= 8; id += 1) await announcer.parked({ update_id: id }, 'x', 5_000);
    expect(server.messages(root.id)).toHaveLength(5);
  });

  it('brings an apology only to users who are served, and never fails its caller', async () => {
    const { server, chat, announcer } = await start({
      env: { ALLOWED_USER_IDS: '501', ADMIN_USER_IDS: '900' },
    });
    const { update } = await chat(jana).say('motor');
    const before = server.messages(jana.id).length;
    await announcer.parked(update, 'x', 5_000);
    expect(server.messages(jana.id)).toHaveLength(before);
    server.fault({ fault: { kind: 'internal-error' }, times: Infinity });
    for (const odd of [
      update,
      { update_id: 7 },
      { update_id: 8, message: {} },
      { update_id: 9, message: null },
    ]) {
      await announcer.parked(odd, 'x', 5_000);
    }
  });
});

describe('the sign that somebody is typing', () => {
  it('appears when an answer is slow, and costs no call when it is not', async () => {
    const clock = new TestClock();
    const found = gate();
    const slow = ({ knowledge, ...deps }: BotDeps): BotDeps => ({
      ...deps,
      knowledge: { current: () => found.opened.then(() => knowledge.current()) },
    });
    const { server, chat } = await start({ clock, change: slow });
    const late = chat(ada).say('motor');
    await expect.poll(() => clock.pendingTimers).toBe(1);
    clock.advance(SLOW_AFTER_MS);
    await server.until('the sign', () => server.calls('sendChatAction').length === 1);
    found.open();
    expect((await late).calls.map(({ method }) => method)).toEqual(['sendChatAction', 'sendMessage']);
    const soon = await chat(ada).say('motor');
    expect(soon.calls.map(({ method }) => method)).toEqual(['sendMessage']);
    expect(clock.pendingTimers).toBe(0);
  });
});
