import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../functions/bot/texts/texts.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import {
  answerOf,
  buttonsOf,
  type Chat,
  startTestBot,
  type TestBot,
  transcript,
} from '../fixtures/conversation.ts';

const jana = { id: 502, first_name: 'Jana', language_code: 'de' };
const root = { id: 900, first_name: 'Root', language_code: 'en' };
const GROUP = -1_001_000_000_001;

describe('a language', () => {
  let bot: TestBot;
  let isStoreDown = false;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({
      env: { ADMIN_USER_IDS: '900' },
      change: (deps) => ({
        ...deps,
        languages: {
          choose: (choice) => deps.languages.choose(choice),
          chosenBy: async (userId, signal) => {
            if (isStoreDown) throw new StoreUnavailableError('down');
            return deps.languages.chosenBy(userId, signal);
          },
        },
      }),
    });
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
  });
  afterAll(() => bot.close());
  let nextId = 600;
  /** Somebody new, whose Telegram is English. */
  const ada = () => ({ id: (nextId += 1), first_name: 'Ada', language_code: 'en' });
  beforeEach(() => {
    isStoreDown = false;
    chat = bot.chat(ada());
  });

  it('is chosen by a word, holds for all of the bot, and goes back to Telegram', async () => {
    expect(answerOf(await chat.say('/language de'))).toMatch(/^🌐 Ab jetzt spreche ich Deutsch mit dir/);
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Willkommen/);
    const results = await chat.say('motor overload');
    expect(answerOf(results)).toMatch(/^🔍 Suchergebnisse/);
    expect((await chat.press(/^1\. /)).pressed?.text).toContain('Stichwörter');
    expect((await chat.inlineQuery('xyzzy qwertz')).inline?.button?.text).toMatch(
      /^Nichts gefunden|^Kein Artikel/,
    );
    expect(answerOf(await chat.say('/language auto'))).toBe(
      '🌐 From now on I speak the language that Telegram tells me. It says: English.',
    );
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Welcome/);
  });

  it('is chosen by a button, which marks the one that holds', async () => {
    const asked = await chat.say('/language');
    expect(answerOf(asked)).toMatch(/^🌐 I speak English to you, as Telegram tells me\./);
    expect(buttonsOf(asked.messages[0]).map(({ text }) => text)).toEqual([
      'English',
      'Deutsch',
      '✓ 🌐 As Telegram says',
    ]);
    const chosen = await chat.press('Deutsch');
    expect(transcript(chosen.pressed)).toMatch(/^🌐 Ab jetzt spreche ich Deutsch/);
    expect(answerOf(await chat.say('/language'))).toMatch(
      /^🌐 Ich spreche Deutsch mit dir, wie du es gewählt hast[^]*\[English\] \[✓ Deutsch\]\n\[🌐 Wie Telegram es sagt\]$/,
    );
    expect(transcript((await chat.press('🌐 Wie Telegram es sagt')).pressed)).toMatch(/^🌐 From now on/);
  });

  it.each(['de', 'DE', 'de-AT', 'Deutsch', 'german', 'GERMAN', 'allemand'])(
    'is known as %s',
    async (name) => {
      expect(answerOf(await chat.say(`/language ${name}`))).toMatch(/^🌐 Ab jetzt/);
    },
  );

  it('that the bot does not speak is named, with those that it speaks', async () => {
    const told = answerOf(await chat.say('/language <b>Klingon'));
    expect(told).toMatch(/^🌐 I do not speak <b>Klingon\. These I do:\n\[English\] \[Deutsch\]/);
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(answerOf(await chat.say(`/language ${name}`))).toContain('I do not speak');
  });

  it('in a group is that of the person who presses, and of nobody else', async () => {
    const [adaHere, janaHere] = [bot.chat(chat.user, GROUP), bot.chat(jana, GROUP)];
    const [question] = (await janaHere.say('/language')).messages;
    const pressed = await adaHere.press('Deutsch', question);
    expect(pressed.toast?.text).toMatch(/^🌐 Ab jetzt spreche ich Deutsch/);
    expect(pressed.pressed?.text).toBe(question!.text);
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Willkommen/);
    await janaHere.say('/language en');
    expect(answerOf(await adaHere.say('/start'))).toMatch(/^👋 Willkommen/);
    expect(answerOf(await janaHere.say('/start'))).toMatch(/^👋 Welcome/);
  });

  it('is nothing that a chat can choose', async () => {
    const from = { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' };
    const group = { id: GROUP, type: 'supergroup', title: 'Maintenance' };
    const text = `/language@agent_factory_test_bot de`;
    const entities = [{ type: 'bot_command', offset: 0, length: text.indexOf(' ') }];
    const message = { message_id: 9_000, date: 1, chat: group, sender_chat: group, from, text, entities };
    expect(answerOf(await bot.chat(jana, GROUP).inject({ message }))).toMatch(/^🌐 A language is a person’s/);
  });

  it('that the store cannot tell is the one that Telegram says', async () => {
    await chat.say('/language de');
    isStoreDown = true;
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Welcome/);
  });

  it('that this version has no texts for is the one that Telegram says', async () => {
    await bot.deps.languages.choose({ userId: chat.user.id, code: 'nl' });
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Welcome/);
  });

  it('is that of an apology and of a note to an administrator', async () => {
    await chat.say('/language de');
    const admin = bot.chat(root);
    await admin.say('/language de');
    const { update } = await chat.say('/help');
    await bot.announcer.parked(update, 'a defect', 5_000);
    const last = (id: number) => bot.server.messages(id).at(-1)?.text;
    expect(last(chat.user.id)).toMatch(/^😔 Entschuldige/);
    expect(last(root.id)).toMatch(/^🚨 .*geparkt|^🚨 Update/);
    const { update: other } = await admin.say('/language auto');
    await bot.announcer.parked(other, 'a defect', 5_000);
    // Beside the apology, for it was the administrator's own.
    const lastTwo = bot.server.messages(root.id).slice(-2);
    expect(lastTwo.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^🚨 Update \d+ was parked/),
    );
  });

  it('stands in what /privacy lists, and /forgetme deletes it', async () => {
    await chat.say('/language de');
    expect(answerOf(await chat.say('/privacy'))).toContain(
      'die Sprache, die du gewählt hast (/language): bis du neu wählst',
    );
    await chat.say('/forgetme');
    await chat.press('🗑 Löschen');
    expect(answerOf(await chat.say('/start'))).toMatch(/^👋 Welcome/);
  });

  it('has names of its own, in lower case, that no other has', () => {
    const names = Object.entries(LANGUAGES).flatMap(([code, { language }]) => [
      code,
      language.ownName.toLowerCase(),
      ...language.otherNames,
      ...language.automaticWords,
    ]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map((name) => name.toLowerCase())).toEqual(names);
  });
});
