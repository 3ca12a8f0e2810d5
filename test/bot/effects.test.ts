import type { Message } from 'grammy/types';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_UNCONFIRMED } from '../../functions/lease/limits.ts';
import type { ApiCall, Fault } from '../../functions/local/bot-api/types.ts';
import type { BotDeps } from '../../functions/bot/deps.ts';
import { freePort } from '../fixtures/free-port.ts';
import { startTestBot, type TestBot, type Turn } from '../fixtures/conversation.ts';
import { validRecord } from '../fixtures/foreign-atoms.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const ALWAYS = Infinity;
/** Three messages, each of which says which part of it it is. */
const LONG = {
  ...validRecord('a:b:long'),
  title: 'Manual',
  content: ['Alpha', 'Beta', 'Gamma'].map((word) => `${word} `.repeat(600)).join('\n\n'),
};
const ATOMS = [LONG, { ...validRecord('a:b:short'), title: 'Motor' }];

let bot: TestBot;
afterEach(async () => {
  vi.restoreAllMocks();
  await bot.close();
});

const sentTo = (): Message[] => bot.server.messages(ada.id).filter(({ from }) => from?.is_bot === true);

/** Delivers the update again until it is settled, as Telegram does. */
async function redeliver({ update, outcome }: Turn, most = 20): Promise<string[]> {
  const kinds: string[] = [outcome.kind];
  while (kinds.at(-1) === 'deferred' && kinds.length < most) kinds.push((await bot.consume(update)).kind);
  return kinds;
}

describe('an answer that is sent and not confirmed', () => {
  it.each<Fault>([
    { kind: 'reset', processed: true },
    { kind: 'bad-gateway', processed: true },
    { kind: 'internal-error', processed: true },
  ])(`is shown ${MAX_UNCONFIRMED} times, and the update is parked ($kind)`, async (fault) => {
    bot = await startTestBot({ knowledge: ATOMS });
    bot.server.fault({ fault, method: 'sendMessage', times: ALWAYS });
    const turn = await bot.chat(ada).say('motor');
    expect(turn.outcome).toMatchObject({ kind: 'deferred', retryAfterMs: 10_000 });
    expect(await redeliver(turn)).toEqual(['deferred', 'deferred', 'parked']);
    expect(sentTo()).toHaveLength(MAX_UNCONFIRMED);
    expect(await bot.consume(turn.update)).toEqual({ kind: 'duplicate', of: 'dead' });
    expect(bot.events.find(({ type }) => type === 'parked')).toMatchObject({
      error: expect.stringContaining('it may have arrived') as string,
    });
  });

  it('is repeated only once Telegram answers, so that an outage parks nothing', async () => {
    bot = await startTestBot({ knowledge: ATOMS });
    const outage = bot.server.fault({ fault: { kind: 'bad-gateway' }, times: ALWAYS });
    const turn = await bot.chat(ada).say('motor');
    expect(new Set(await redeliver(turn))).toEqual(new Set(['deferred']));
    outage.remove();
    expect(await bot.consume(turn.update)).toEqual({ kind: 'done' });
    expect(sentTo()).toHaveLength(1);
  });

  it('never left where there is no connection, so that nothing is counted', async () => {
    const apiRoot = `http://127.0.0.1:${await freePort()}`;
    const change = (deps: BotDeps): BotDeps => ({ ...deps, telegram: { ...deps.telegram, apiRoot } });
    bot = await startTestBot({ knowledge: ATOMS, change });
    const turn = await bot.chat(ada).say('motor');
    expect(turn.outcome).toEqual({ kind: 'deferred', reason: 'telegram', retryAfterMs: undefined });
  });

  it('has all the time that is left', async () => {
    bot = await startTestBot({ knowledge: ATOMS });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await bot.chat(ada).say('motor');
    const limitsMs = timers.mock.calls.map(([, delayMs = 0]) => delayMs);
    expect(limitsMs.filter((limitMs) => limitMs > 5_000 && limitMs < 11_000)).not.toEqual([]);
  });
});

describe('an answer of several messages', () => {
  it('goes on where a flood limit ended it, each part once', async () => {
    bot = await startTestBot({ knowledge: ATOMS });
    let allowed = 2;
    const isBeyond = ({ method }: ApiCall): boolean => method === 'sendMessage' && (allowed -= 1) < 0;
    bot.server.fault({ fault: { kind: 'too-many-requests', retryAfter: 20 }, when: isBeyond, times: ALWAYS });
    const turn = await bot.chat(ada).say('/kb_get a:b:long');
    expect(turn.outcome).toMatchObject({ kind: 'deferred', retryAfterMs: 20_000 });
    expect(sentTo()).toHaveLength(2);
    allowed = 2;
    expect(await bot.consume(turn.update)).toEqual({ kind: 'done' });
    const texts = sentTo().map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(2);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('does not send a script’s first document again where the second one failed', async () => {
    bot = await startTestBot();
    const isSecond = (() => {
      let calls = 0;
      return ({ method }: ApiCall): boolean => method === 'sendDocument' && (calls += 1) === 2;
    })();
    bot.server.fault({ fault: { kind: 'too-many-requests', retryAfter: 20 }, when: isSecond });
    const turn = await bot.chat(ada).say('/generate_script ladder logic basics');
    expect(await redeliver(turn)).toEqual(['deferred', 'done']);
    expect(sentTo().map(({ document }) => document?.file_name?.split('.').at(-1))).toEqual(['json', 'md']);
  });
});
