import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/lease/clock.ts';
import { answerOf, startTestBot, type TestBot, type TestBotOptions } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const eve = { id: 666, first_name: 'Eve' };
const root = { id: 900, first_name: 'Root' };
const GROUP = -1_001_000_000_001;

let bot: TestBot | undefined;
afterEach(async () => {
  await bot?.close();
  bot = undefined;
});

/** A bot whose time stands still in the middle of a minute, until it is moved on. */
async function start(options: TestBotOptions): Promise<{ bot: TestBot; pass: (ms: number) => void }> {
  let nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 20_000;
  const clock = { ...systemClock, wallMs: () => nowMs };
  bot = await startTestBot({ knowledge: 'none', clock, ...options });
  return { bot, pass: (ms) => (nowMs += ms) };
}

describe('the rate limit', () => {
  it('tells once a minute, and is silent then', async () => {
    const { bot, pass } = await start({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
    const chat = bot.chat(ada);
    for (let i = 0; i < 2; i += 1) expect(answerOf(await chat.say('/help'))).toMatch(/^📖/);
    const told = await chat.say('/help');
    expect(answerOf(told)).toBe(
      '⏳ That was a lot at once: I answer up to 2 messages a minute. Please go on in 40 s.',
    );
    for (let i = 0; i < 3; i += 1) {
      expect(await chat.say('/help')).toMatchObject({ outcome: { kind: 'done' }, calls: [] });
    }
    expect(answerOf(await bot.chat(eve).say('/help'))).toMatch(/^📖/);
    pass(40_000);
    expect(answerOf(await chat.say('/help'))).toMatch(/^📖/);
  });

  it('has a larger allowance for presses, of their own', async () => {
    const { bot } = await start({ env: { RATE_LIMIT_PER_MINUTE: '1' } });
    const chat = bot.chat(ada);
    const { messages } = await chat.say('/help');
    const press = () => chat.pressData('v1:n', messages[0]!);
    for (let i = 0; i < 3; i += 1) expect((await press()).toast?.text).toBe('');
    expect((await press()).toast?.text).toBe('That was a lot at once. Please go on in 40 s.');
    expect((await press()).calls).toEqual([]);
  });

  it('does not hold for administrators, inline queries and the talk of others in a group', async () => {
    const { bot } = await start({ env: { RATE_LIMIT_PER_MINUTE: '1', ADMIN_USER_IDS: '900' } });
    for (let i = 0; i < 3; i += 1) expect(answerOf(await bot.chat(root).say('/help'))).toMatch(/^📖/);
    for (let i = 0; i < 3; i += 1) expect((await bot.chat(ada).inlineQuery('x')).inline).toBeDefined();
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
    for (let i = 0; i < 3; i += 1) await bot.chat(ada, GROUP).say('just talking');
    expect(answerOf(await bot.chat(ada).say('/help'))).toMatch(/^📖/);
  });

  it('counts an update once that is handled twice', async () => {
    const { bot } = await start({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
    const chat = bot.chat(ada);
    bot.server.fault({ fault: { kind: 'internal-error' }, method: 'sendMessage', times: 2 });
    const first = await chat.say('/help');
    expect(first.outcome.kind).toBe('deferred');
    expect((await bot.consume(first.update)).kind).toBe('deferred');
    expect((await bot.consume(first.update)).kind).toBe('done');
    expect(answerOf(await chat.say('/help'))).toMatch(/^📖/);
    expect(answerOf(await chat.say('/help'))).toMatch(/^⏳/);
  });
});

describe('a bot for a closed group of users', () => {
  it('refuses others politely, once a day, and does nothing for them', async () => {
    const { bot, pass } = await start({ env: { ALLOWED_USER_IDS: '501', ADMIN_USER_IDS: '900' } });
    const stranger = bot.chat(eve);
    expect(answerOf(await stranger.say('/kb_stats'))).toBe(
      '🔒 This bot serves a closed group of users. If you should be one of them, give its operator your user id: 666',
    );
    for (const text of ['/help', 'motor']) expect((await stranger.say(text)).calls).toEqual([]);
    pass(24 * 3_600_000);
    expect(answerOf(await stranger.say('/help'))).toMatch(/^🔒/);
  });

  it('serves its users and its administrators', async () => {
    const { bot } = await start({ env: { ALLOWED_USER_IDS: '501', ADMIN_USER_IDS: '900' } });
    for (const user of [ada, root]) expect(answerOf(await bot.chat(user).say('/help'))).toMatch(/^📖/);
  });

  it('refuses a press by a toast', async () => {
    const { bot } = await start({ env: { ALLOWED_USER_IDS: '501' } });
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
    const { messages } = await bot.chat(ada, GROUP).say('/help');
    const turn = await bot.chat(eve, GROUP).pressData('v1:n', messages[0]!);
    expect(turn.toast?.text).toBe('This bot serves a closed group of users.');
    expect(turn.messages).toEqual([]);
  });
});
