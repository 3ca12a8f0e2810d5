import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPayloadOf } from '../../functions/bot/atom-keys.ts';
import { ADMIN_COMMANDS, PUBLIC_COMMANDS } from '../../functions/bot/commands.ts';
import type { LeaseReport } from '../../functions/status/report.ts';
import { answerOf, type Chat, startTestBot, type TestBot, transcript } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const jana = { id: 502, first_name: 'Jana', language_code: 'de' };
const root = { id: 900, first_name: 'Root', language_code: 'en' };
const GROUP = -1_001_000_000_001;

describe('the commands', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({ env: { ADMIN_USER_IDS: '900' } });
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  it('welcome, and say what can be asked', async () => {
    expect(answerOf(await chat.say('/start'))).toMatch(
      /^👋 Welcome to Agent Factory Bot!\n\nI answer questions/,
    );
    const help = answerOf(await chat.say('/help'));
    for (const command of [
      '/kb_search <topic>',
      '/kb_get <atom id>',
      '/kb_stats',
      '/generate_script',
      '/status',
    ]) {
      expect(help).toContain(command);
    }
    expect(help).not.toContain('/kb_upload');
    expect(answerOf(await bot.chat(root).say('/help'))).toContain('/kb_upload');
  });

  it('speak the language of the user', async () => {
    expect(answerOf(await bot.chat(jana).say('/start'))).toMatch(/^👋 Willkommen/);
    expect(answerOf(await bot.chat(jana).say('motor control'))).toMatch(
      /^🔍 Suchergebnisse für: motor control\n\n\d+ Artikel/,
    );
  });

  it('open the atom that a deep link names', async () => {
    const id = 'allen_bradley:ControlLogix:analog-scaling-logix';
    expect(answerOf(await chat.say(`/start ${startPayloadOf(id)}`))).toContain(`ID: ${id}`);
    expect(answerOf(await chat.say(`/start ${id}`))).toContain(`ID: ${id}`);
    expect(answerOf(await chat.say('/start nothing-of-ours'))).toMatch(/^👋 Welcome/);
    for (const payload of [startPayloadOf('generic:plc:long-gone'), 'generic:plc:long-gone']) {
      expect(answerOf(await chat.say(`/start ${payload}`))).toMatch(
        /^🤷 That article is no longer in the knowledge base\.\n\n👋 Welcome/,
      );
    }
  });

  it('tell how the bot is doing, and the details to administrators alone', async () => {
    expect(answerOf(await chat.say('/status'))).toMatch(
      /^✅ Bot is RUNNING\nVersion: 9\.9\.9\nUptime: 120 seconds \(2\.0 minutes\)\nKnowledge base: \d+ articles$/,
    );
    const details = answerOf(await bot.chat(root).say('/status'));
    expect(details).toMatch(/\nLease 0: (?:busy|idle), token \d+, test\nWebhook: not checked yet$/);
  });

  it('tell of many partitions only those that somebody holds', async () => {
    const lease = (partition: number): LeaseReport => ({
      partition,
      holder: partition < 12 ? `holder-${partition}` : null,
      state: partition < 12 ? 'busy' : 'free',
      fencing_token: 7,
      since: null,
      expires_at: null,
    });
    const many = await startTestBot({
      knowledge: 'none',
      env: { ADMIN_USER_IDS: String(root.id) },
      change: (deps) => ({
        ...deps,
        health: async () => ({
          ...(await deps.health()),
          lease: Array.from({ length: 32 }, (_, i) => lease(i)),
        }),
      }),
    });
    try {
      const told = answerOf(await many.chat(root).say('/status'))
        .split('\n')
        .filter((line) => line.startsWith('Lease'));
      expect(told).toHaveLength(11);
      expect(told.slice(-2)).toEqual([
        'Lease 9: busy, token 7, holder-9',
        'Lease: 22 more partitions, 20 of them free',
      ]);
    } finally {
      await many.close();
    }
  });

  it('say how they are used when something is missing', async () => {
    expect(answerOf(await chat.say('/kb_search'))).toContain(
      'Usage: /kb_search <topic>\nExample: /kb_search motor control',
    );
    expect(answerOf(await chat.say('/kb_get  '))).toContain(
      'Usage: /kb_get <atom_id>\nExample: /kb_get generic:plc:scan-cycle',
    );
    expect(answerOf(await chat.say('/generate_script'))).toContain(
      'Example: /generate_script ladder logic basics',
    );
  });

  it('are never met with silence when they are unknown', async () => {
    expect(answerOf(await chat.say('/make_coffee now'))).toMatch(
      /^🤔 I do not know the command \/make_coffee\.[^]*\/help/,
    );
    expect(answerOf(await chat.say('/kb_upload'))).toContain('I do not know the command /kb_upload');
  });

  it('are known with a capital letter too, as phones begin a message', async () => {
    expect(answerOf(await chat.say('/Help'))).toMatch(/^📖 Commands/);
    expect(answerOf(await chat.say('/Kb_Search Motor Control'))).toMatch(
      /^🔍 Search Results for: Motor Control/,
    );
    expect(answerOf(await bot.chat(ada, GROUP).say('/KB_STATS'))).toContain('Knowledge Base Stats');
    expect(answerOf(await chat.say('/HELP@agent_factory_test_bot'))).toMatch(/^📖 Commands/);
  });

  it('take text that cannot be seen for none', async () => {
    expect(answerOf(await chat.say('\u200B\u2060'))).toContain('What are you looking for?');
    expect(answerOf(await chat.say('over\u00ADload\uFEFF'))).toMatch(/^🔍 Search Results for: overload\n/);
  });

  it('speak German to a person whose client is German', async () => {
    const german = bot.chat(jana);
    expect(answerOf(await german.say('/kb_stats'))).toContain('Nach Art:\n  • Grundlagen: ');
    const article = answerOf(await german.say('/kb_get generic:safety:lockout-tagout'));
    expect(article).toContain('Gefahrenstufe: Gefahr');
    expect(article).not.toContain(': danger');
  });

  it('are all there that the menus show', async () => {
    const admin = bot.chat(root);
    for (const command of [...PUBLIC_COMMANDS, ...ADMIN_COMMANDS]) {
      const { messages } = await admin.say(`/${command}`);
      expect(transcript(messages[0])).not.toMatch(/I do not know the command|^\(nothing\)/);
    }
    await bot.uploads.idle();
  });

  it('are known in bold, whatever else is bold', async () => {
    const { update } = await chat.say('/Kb_Search motor control');
    const { text } = update.message!;
    const bold = { type: 'bold', offset: 0, length: text!.length };
    const entities = [bold, ...update.message!.entities!];
    const turn = await chat.inject({ message: { ...update.message, entities } });
    expect(answerOf(turn)).toMatch(/^🔍 Search Results for: motor control\n/);
  });

  it('answer what is not text with a hint, and what stands below a picture as a question', async () => {
    const { update } = await chat.say('motor');
    const { text: _text, ...message } = update.message!;
    const sticker = { ...message, sticker: { file_id: 'x', emoji: '👍' } };
    expect(answerOf(await chat.inject({ message: sticker }))).toMatch(/^💬 I can only read text/);
    const photo = { ...message, photo: [{ file_id: 'x' }], caption: 'motor control' };
    expect(answerOf(await chat.inject({ message: photo }))).toMatch(/^🔍 Search Results for: motor control/);
    const caption_entities = [{ type: 'bot_command', offset: 0, length: 10 }];
    const commanded = { ...photo, caption: '/kb_search motor control', caption_entities };
    expect(answerOf(await chat.inject({ message: commanded }))).toMatch(
      /^🔍 Search Results for: motor control/,
    );
    const wordless = { ...photo, caption: '/kb_search', caption_entities };
    expect(answerOf(await chat.inject({ message: wordless }))).toMatch(/^💬 I can only read text/);
  });

  it('are silent about news that ask nothing', async () => {
    const { update } = await chat.say('motor');
    const { text: _text, ...message } = update.message!;
    const channel = { id: -1_001_000_000_009, type: 'channel', title: 'News' };
    const news = [
      { message: { ...message, pinned_message: message } },
      { message: { ...message, new_chat_title: 'x' } },
      { message: { ...message, text: 'shared', via_bot: bot.server.messages(ada.id).at(-1)!.from } },
      { edited_message: { ...message, text: 'motors', edit_date: 1 } },
      { message: { ...message, text: 'motor', from: { id: 7, is_bot: true, first_name: 'Another bot' } } },
      {
        callback_query: {
          id: '1',
          from: message.from,
          chat_instance: '1',
          inline_message_id: 'x',
          data: 'v1:n',
        },
      },
      { channel_post: { message_id: 1, chat: channel, date: 1, text: '/help' } },
      { my_chat_member: { chat: message.chat, from: message.from, date: 1 } },
      { poll: { id: '1' } },
      { chosen_inline_result: { result_id: 'x', from: message.from, query: 'x' } },
      { a_kind_of_the_future: { some: 'thing' } },
      {},
    ];
    for (const content of news) {
      const { outcome, calls } = await chat.inject(content);
      expect({ content, outcome, calls }).toEqual({ content, outcome: { kind: 'done' }, calls: [] });
    }
  });

  it('count an update that cannot be handled as its own fault', async () => {
    const message = { chat: { id: 1, type: 'private' }, from: { id: 5 }, text: 5 };
    expect((await chat.inject({ message })).outcome).toMatchObject({ kind: 'failed' });
    expect((await chat.inject({ message: 'not a message' })).outcome).toEqual({ kind: 'done' });
  });
});

describe('an empty knowledge base', () => {
  it('is admitted kindly, whatever is asked', async () => {
    const bot = await startTestBot({ knowledge: 'none' });
    try {
      const chat = bot.chat(ada);
      for (const text of [
        '/kb_stats',
        '/kb_search motor',
        'motor',
        '/kb_get a:b:c',
        '/generate_script motor',
      ]) {
        expect(answerOf(await chat.say(text))).toMatch(/^📭 The knowledge base is still empty/);
      }
      expect(answerOf(await chat.say('/start aWhatever'))).toMatch(/^👋 Welcome/);
      expect((await chat.inlineQuery('motor')).inline?.results).toEqual([]);
      expect(answerOf(await chat.say('/status'))).toContain('Knowledge base: none yet');
    } finally {
      await bot.close();
    }
  });
});
