import type { InlineQueryResultArticle } from 'grammy/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, BOT, type Chat, startTestBot, type TestBot } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'de' };

describe('inline mode', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot();
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  it('offers atoms to share, each with a link into the bot', async () => {
    const turn = await chat.inlineQuery('lockout tagout');
    expect(turn.calls.map(({ method }) => method)).toEqual(['answerInlineQuery']);
    expect(turn.inline).toMatchObject({ cache_time: 300, is_personal: false });
    const [first] = (turn.inline?.results ?? []) as InlineQueryResultArticle[];
    expect(first?.title).toMatch(/^\[PROCEDURE\] /);
    expect(first?.description).not.toBe('');
    expect(first?.input_message_content).toMatchObject({ parse_mode: 'HTML' });
    const [[link]] = first?.reply_markup?.inline_keyboard as [[{ text: string; url: string }]];
    expect(link.text).toBe(`📖 @${BOT.username}`);
    const payload = new RegExp(`^https://t\\.me/${BOT.username}\\?start=([\\w-]{1,64})$`).exec(link.url)?.[1];
    expect(answerOf(await chat.say(`/start ${payload}`))).toContain('ID: generic:safety:lockout-tagout');
  });

  it('warns in what it shares', async () => {
    const { inline } = await chat.inlineQuery('lockout tagout');
    const shared = JSON.stringify(inline?.results);
    expect(shared).toMatch(/⛔ <b>DANGER<\/b>|⚠️ <b>WARNING<\/b>/);
  });

  it('warns first where the question speaks of danger, for the asker alone', async () => {
    const { inline } = await chat.inlineQuery('smoke from the drive cabinet');
    expect(inline).toMatchObject({ is_personal: true, cache_time: 30 });
    const [warning, safety] = inline!.results as InlineQueryResultArticle[];
    expect(warning).toMatchObject({ title: '⛔ Gefahr' });
    expect(JSON.stringify(warning!.input_message_content)).toContain('Halte die Maschine an');
    expect(JSON.stringify(safety!.input_message_content)).toContain('generic:safety:');
  });

  it('says that it does not know, and shows three near articles at most', async () => {
    const { inline } = await chat.inlineQuery('Zorbtek ZX-9000 drive code 44');
    expect(inline).toMatchObject({
      is_personal: true,
      next_offset: '',
      button: { text: 'Kein Artikel beantwortet das: nur Ähnliches folgt', start_parameter: 'inline' },
    });
    expect(inline!.results.length).toBeGreaterThan(0);
    expect(inline!.results.length).toBeLessThanOrEqual(3);
  });

  it('goes on where the reader has scrolled to, up to a bound', async () => {
    const seen = new Set<string>();
    let offset: string | undefined = '';
    let pages = 0;
    for (; offset !== undefined; pages += 1) {
      const { inline } = await chat.inlineQuery('plc', offset);
      for (const { id } of inline?.results ?? []) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
      offset = inline?.next_offset || undefined;
    }
    expect(pages).toBeGreaterThan(2);
    expect(seen.size).toBeLessThanOrEqual(100);
  });

  it('takes any offset that a client may send', async () => {
    for (const offset of ['-1', 'x', '1e9', '999', '0x10']) {
      const turn = await chat.inlineQuery('plc', offset);
      expect(turn.outcome).toEqual({ kind: 'done' });
      expect(turn.inline).toBeDefined();
    }
  });

  it('leads into the bot when there is nothing to offer, in the language of the user', async () => {
    const nothing = (await chat.inlineQuery('zzqx qwrtk')).inline;
    expect(nothing).toMatchObject({
      results: [],
      is_personal: true,
      button: { text: 'Nichts gefunden: frag mich direkt' },
    });
    const empty = (await chat.inlineQuery('  ')).inline;
    expect(empty).toMatchObject({
      results: [],
      button: { text: 'Schreib, was du suchst', start_parameter: 'inline' },
    });
  });
});

describe('inline mode of a closed group of users', () => {
  it('is personal, and gives nothing to others', async () => {
    const bot = await startTestBot({ env: { ALLOWED_USER_IDS: '501' } });
    try {
      expect((await bot.chat(ada).inlineQuery('plc')).inline?.is_personal).toBe(true);
      const stranger = await bot.chat({ id: 666, first_name: 'Eve' }).inlineQuery('plc');
      expect(stranger).toMatchObject({ outcome: { kind: 'done' }, calls: [] });
    } finally {
      await bot.close();
    }
  });
});
