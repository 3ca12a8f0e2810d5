import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, type Chat, startTestBot, type TestBot, type Turn } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const bob = { id: 502, first_name: 'Bob', language_code: 'en' };
const root = { id: 900, first_name: 'Root', language_code: 'en' };
const GROUP = -1_001_000_000_001;
const ANOTHER_GROUP = -1_001_000_000_002;
/** The sender that Telegram names for every anonymous administrator, and for everybody who writes as a channel. */
const ANONYMOUS = { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' };

async function startInGroups(env: Record<string, string> = {}): Promise<TestBot> {
  const bot = await startTestBot({ env: { ADMIN_USER_IDS: '900', ...env } });
  for (const id of [GROUP, ANOTHER_GROUP]) {
    bot.server.chat({ id, type: 'supergroup', title: `Maintenance ${id}` });
  }
  return bot;
}

/** Says it on behalf of the group. The person's own message before only makes the entities, as Telegram parses them. */
async function anonymously(bot: TestBot, text: string, groupId = GROUP): Promise<Turn> {
  const group = bot.chat(ada, groupId);
  const { update } = await group.say(`${text}@nobody`);
  const message = update.message!;
  const [command] = message.entities ?? [];
  const shorter = { ...command, length: text.split(' ')[0]!.length };
  return group.inject({
    message: { ...message, text, entities: [shorter], from: ANONYMOUS, sender_chat: message.chat },
  });
}

describe('in a group', () => {
  let bot: TestBot;
  let group: Chat;
  beforeAll(async () => {
    bot = await startInGroups();
    group = bot.chat(ada, GROUP);
  });
  afterAll(() => bot.close());

  it('the bot keeps silent unless it is meant', async () => {
    for (const text of [
      'motor control',
      '/unknown',
      '/help@another_bot',
      'ask @another_bot',
      '/kb_upload',
      '@agent_factory_test_bots',
    ]) {
      expect((await group.say(text)).calls).toEqual([]);
    }
    const { update } = await group.say('motor control @agent_factory_test_bot');
    const forwarded = {
      ...update.message,
      sender_chat: { id: -5, type: 'channel' },
      is_automatic_forward: true,
    };
    expect((await group.inject({ message: forwarded })).calls).toEqual([]);
  });

  it('a reply to the bot is answered, and no other one', async () => {
    const asked = await group.say('/kb_stats');
    const answer = bot.server.messages(GROUP).findLast(({ from }) => from?.is_bot)!;
    expect(answerOf(asked)).toBeDefined();
    const reply = { ...asked.update.message!, text: 'motor control', entities: [], reply_to_message: answer };
    expect(answerOf(await group.inject({ message: reply }))).toContain('motor control');
    for (const other of [
      { ...reply, text: '/help@another_bot', entities: [{ type: 'bot_command', offset: 0, length: 17 }] },
      { ...reply, text: undefined, sticker: {} },
      { ...reply, reply_to_message: { ...answer, from: { id: 77, is_bot: true, first_name: 'Other' } } },
      { ...reply, reply_to_message: { ...answer, forum_topic_created: { name: 'T', icon_color: 1 } } },
    ])
      expect((await group.inject({ message: other })).calls).toEqual([]);
  });

  it('a question is answered in the supergroup that the group has become meanwhile', async () => {
    const [former, now] = [-4_001, -1_001_000_000_004];
    bot.server.chat({ id: former, type: 'group', title: 'Old' });
    const old = bot.chat(ada, former);
    bot.server.migrate(former, { id: now, type: 'supergroup', title: 'New' });
    await old.say('/kb_stats');
    expect(bot.server.messages(now).at(-1)?.text).toContain('Knowledge Base Stats');
  });

  it('commands and mentions are answered, as a reply', async () => {
    for (const text of [
      '/kb_stats',
      '/kb_stats@agent_factory_test_bot',
      '/kb_stats@Agent_Factory_Test_Bot',
    ]) {
      expect(answerOf(await group.say(text))).toContain('Knowledge Base Stats');
    }
    const turn = await group.say('hey @agent_factory_test_bot motor control');
    expect(answerOf(turn)).toMatch(/^🔍 Search Results for: hey motor control/);
    expect(turn.messages[0]?.reply_to_message?.message_id).toBe(turn.update.message?.message_id);
    expect(answerOf(await group.say('@agent_factory_test_bot'))).toContain('What are you looking for?');
    expect(answerOf(await group.say('/help'))).toContain(
      'texts that mention me: @agent_factory_test_bot motor',
    );
    const welcome = answerOf(await group.say('/start'));
    expect(welcome).toContain('texts that mention me, for example:\n• @agent_factory_test_bot motor');
    expect(welcome).not.toContain('Just write');
    expect(answerOf(await group.say('/nonsense@agent_factory_test_bot'))).toContain(
      'I do not know the command',
    );
  });

  it('an answer finds its topic by being a reply, and is given up where the question is gone', async () => {
    const { update } = await group.say('/kb_stats@nobody');
    const message = { ...update.message!, message_thread_id: 77, is_topic_message: true };
    const asked = {
      ...message,
      text: '/kb_stats',
      entities: [{ type: 'bot_command', offset: 0, length: 9 }],
    };
    const answered = await group.inject({ message: asked });
    const [call] = answered.calls;
    expect(call?.payload).not.toHaveProperty('message_thread_id');
    expect(call?.payload['reply_parameters']).toEqual({ message_id: message.message_id });
    const gone = await group.inject({ message: { ...asked, message_id: 999_999 } });
    expect(gone).toMatchObject({ outcome: { kind: 'done' }, calls: [{ status: 400 }], messages: [] });
  });

  it.each([
    'message thread not found',
    'TOPIC_CLOSED',
    'TOPIC_DELETED',
    'group chat was upgraded to a supergroup chat',
    'not enough rights to send text messages to the chat',
    'have no rights to send a message',
  ])('an answer that Telegram refuses with "%s" is nobody’s fault', async (reason) => {
    bot.server.fault({ fault: { kind: 'refused', reason } });
    const turn = await group.say('/kb_stats');
    expect(turn).toMatchObject({ outcome: { kind: 'done' }, calls: [{ status: 400 }] });
  });

  it('a script says so where documents are not allowed', async () => {
    const reason = 'not enough rights to send documents to the chat';
    bot.server.fault({ fault: { kind: 'refused', reason }, method: 'sendDocument' });
    const turn = await group.say('/generate_script scan cycle');
    expect(answerOf(turn)).toMatch(/^🎬 This chat does not let me send documents/);
  });

  it('administrators read that they should upload in private, command or document', async () => {
    const admin = bot.chat(root, GROUP);
    expect(answerOf(await admin.say('/kb_upload'))).toContain('in our private chat only');
    expect(answerOf(await admin.sendDocument('atoms.json', '[]', '/kb_upload'))).toContain(
      'in our private chat only',
    );
    expect((await admin.sendDocument('atoms.json', '[]')).calls).toEqual([]);
  });

  it('an apology is a reply to what it is about', async () => {
    const { update } = await group.say('/kb_stats');
    await bot.announcer.parked(update, 'x is undefined', 5_000);
    const apology = bot.server.messages(GROUP).at(-1);
    expect(apology?.reply_to_message?.message_id).toBe(update.message?.message_id);
    expect(apology?.text).toContain(String(update.update_id));
  });

  it('who writes on behalf of it has the group’s scripts, not those of all such writers', async () => {
    await anonymously(bot, '/generate_script scan cycle');
    expect(answerOf(await anonymously(bot, '/scripts', ANOTHER_GROUP))).toMatch(
      /no scripts|not.*any scripts/i,
    );
    const list = await anonymously(bot, '/scripts');
    const [button] = list.messages[0]?.reply_markup?.inline_keyboard[0] ?? [];
    expect(button?.text).toMatch(/scan cycle/i);
    const resent = await bot.chat(bob, GROUP).press(button!.text, list.messages[0]);
    expect(resent.messages).toHaveLength(2);
    const data = (button as { callback_data: string }).callback_data;
    const elsewhere = await bot.chat(bob, ANOTHER_GROUP).pressData(data, list.messages[0]!);
    expect(elsewhere.messages).toEqual([]);
  });

  it('nobody is an administrator on behalf of it', async () => {
    const bots = await startInGroups({ ADMIN_USER_IDS: String(ANONYMOUS.id) });
    try {
      expect((await anonymously(bots, '/kb_gaps')).calls).toEqual([]);
    } finally {
      await bots.close();
    }
  });
});

describe('a bot with limits', () => {
  it('counts what is written on behalf of a group as that group’s', async () => {
    const bot = await startInGroups({ RATE_LIMIT_PER_MINUTE: '1' });
    try {
      expect(answerOf(await anonymously(bot, '/kb_stats'))).toContain('Knowledge Base Stats');
      expect(answerOf(await anonymously(bot, '/kb_stats'))).toMatch(/^⏳/);
      expect(answerOf(await anonymously(bot, '/kb_stats', ANOTHER_GROUP))).toContain('Knowledge Base Stats');
    } finally {
      await bot.close();
    }
  });

  it('names no user id to a person who writes on behalf of a group: it would be everybody’s', async () => {
    const bot = await startInGroups({ ALLOWED_USER_IDS: `501,${ANONYMOUS.id}` });
    try {
      const refused = answerOf(await anonymously(bot, '/kb_stats'));
      expect(refused).toMatch(/^🔒 This bot serves certain people only.*under your own name/);
    } finally {
      await bot.close();
    }
  });

  it('answers an album once, and each piece that has words', async () => {
    const bot = await startInGroups({ RATE_LIMIT_PER_MINUTE: '10' });
    try {
      const chat = bot.chat(ada);
      const { update } = await chat.say('motor');
      const { text: _text, ...message } = update.message!;
      const piece = { ...message, photo: [{ file_id: 'x' }], media_group_id: '1' };
      const worded = await chat.inject({ message: { ...piece, caption: 'motor control' } });
      expect(answerOf(worded)).toMatch(/^🔍 Search Results for: motor control/);
      const answered: number[] = [];
      for (let i = 0; i < 9; i += 1) answered.push((await chat.inject({ message: piece })).messages.length);
      expect(answered).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
      expect(answerOf(await chat.say('motor'))).toMatch(/^🔍/);
    } finally {
      await bot.close();
    }
  });
});
