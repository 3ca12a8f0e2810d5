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

  it('has an allowance of its own for inline queries, beyond which it is silent', async () => {
    const { bot, pass } = await start({ env: { RATE_LIMIT_PER_MINUTE: '1' } });
    const chat = bot.chat(ada);
    for (let i = 0; i < 6; i += 1) expect((await chat.inlineQuery(`x${i}`)).inline).toBeDefined();
    for (let i = 0; i < 2; i += 1) {
      expect(await chat.inlineQuery('y')).toMatchObject({ outcome: { kind: 'done' }, calls: [] });
    }
    expect((await bot.chat(eve).inlineQuery('y')).inline).toBeDefined();
    expect(answerOf(await chat.say('/help'))).toMatch(/^📖/);
    pass(40_000);
    expect((await chat.inlineQuery('y')).inline).toBeDefined();
  });

  it('does not hold for administrators and the talk of others in a group', async () => {
    const { bot } = await start({ env: { RATE_LIMIT_PER_MINUTE: '1', ADMIN_USER_IDS: '900' } });
    for (let i = 0; i < 3; i += 1) expect(answerOf(await bot.chat(root).say('/help'))).toMatch(/^📖/);
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

  it('refuses each press by a toast, up to the allowance', async () => {
    const { bot } = await start({ env: { ALLOWED_USER_IDS: '501', RATE_LIMIT_PER_MINUTE: '1' } });
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
    const { messages } = await bot.chat(ada, GROUP).say('/help');
    const press = () => bot.chat(eve, GROUP).pressData('v1:n', messages[0]!);
    for (let i = 0; i < 3; i += 1) {
      const turn = await press();
      expect(turn.toast?.text).toBe('This bot serves a closed group of users.');
      expect(turn.messages).toEqual([]);
    }
    expect((await press()).calls).toEqual([]);
  });
});

describe('a command that somebody passes on', () => {
  const command = (text: string, more: object) => ({
    update_id: 700_000_000 + text.length,
    message: {
      message_id: 1,
      date: 1_790_000_000,
      text,
      entities: [{ type: 'bot_command', offset: 0, length: text.length }],
      from: { ...root, is_bot: false, language_code: 'en' },
      chat: { ...root, type: 'private' },
      ...more,
    },
  });
  const forwarded = {
    forward_origin: { type: 'user', date: 1_790_000_000, sender_user: { ...eve, is_bot: false } },
  };
  const madeByABot = { via_bot: { id: 1_234, is_bot: true, first_name: 'Other', username: 'other_bot' } };

  it.each([
    ['forwarded', forwarded],
    ['made by another bot', madeByABot],
  ])('is not carried out when it is %s, and says so', async (_, more) => {
    const { bot } = await start({ env: { ADMIN_USER_IDS: '900' } });
    expect(answerOf(await bot.chat(root).inject(command('/kb_reindex', more)))).toMatch(
      /^↪️ I do not carry out/,
    );
  });

  it('is passed over in a group', async () => {
    const { bot } = await start({ env: { ADMIN_USER_IDS: '900' } });
    const chat = { id: GROUP, type: 'supergroup', title: 'Maintenance' };
    const turn = await bot.chat(root).inject(command('/kb_stats', { ...forwarded, chat }));
    expect(turn).toMatchObject({ outcome: { kind: 'done' }, calls: [] });
  });

  it('is looked for when it is a question and no command', async () => {
    const { bot } = await start({ knowledge: 'starter', env: { ADMIN_USER_IDS: '900' } });
    const question = command('PROFIBUS', { ...forwarded, entities: [] });
    expect(answerOf(await bot.chat(root).inject(question))).toMatch(/PROFIBUS/);
  });
});
