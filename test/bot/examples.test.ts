import { readFileSync } from 'node:fs';
import type { Message } from 'grammy/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chat, startTestBot, type TestBot, transcript, type Turn } from '../fixtures/conversation.ts';

const GROUP = -1_001_000_000_001;
/** Each of these shows its usage, or the welcome, with examples. */
const ASK_FOR_EXAMPLES = [
  '/start',
  '/help',
  '/kb_search',
  '/kb_get',
  '/generate_script',
  '/generate_script ???',
  '/scripts',
];
const TROUBLE = /^(🤔|🤷|😔|⏳|📭|⚠️)|No article found|Nichts gefunden/m;

/** The examples that a text offers to type, in code, in italics, or on a line of their own after a bullet. */
function examplesIn(message: Message): string[] {
  const { text = '', entities = [] } = message;
  const marked = entities
    .filter(({ type }) => type === 'code' || type === 'italic')
    .map(({ offset, length }) => text.slice(offset, offset + length));
  const bulleted = [...text.matchAll(/^• (.+)$/gm)].map(([, line = '']) => line);
  return [...new Set([...marked, ...bulleted])];
}

/** The same of the README, whose reader has nothing but the starter articles either. */
function examplesOfReadme(): string[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = /\n## Examples to type\n(.+?)\n## /s.exec(readme) ?? [];
  return (
    [...section.matchAll(/`([^`]+)`/g)]
      .map(([, code = '']) => code)
      // A form with a placeholder, a path of this repository, and words that stand for any.
      .filter((code) => !/<|^functions\/|^"/.test(code))
  );
}

const found = (turn: Turn): string => turn.messages.map(transcript).join('\n');

describe('an example of a text', () => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot();
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
  });
  afterAll(() => bot.close());

  /** Types it as it stands, and expects what the text promises. */
  const type = async (chat: Chat, example: string): Promise<void> => {
    const turn = await chat.say(example);
    const told = found(turn);
    expect(told, `${example} was answered with nothing`).not.toBe('');
    expect(told, example).not.toMatch(TROUBLE);
    if (example.startsWith('/generate_script'))
      expect(
        turn.messages.filter(({ document }) => document !== undefined),
        told,
      ).toHaveLength(2);
  };

  it.each([
    { language_code: 'en', id: 601 },
    { language_code: 'de', id: 602 },
  ])('finds in the starter articles what it promises, in a chat in $language_code', async (user) => {
    const chat = bot.chat({ ...user, first_name: 'Ada' });
    const examples: string[] = [];
    for (const text of ASK_FOR_EXAMPLES)
      for (const message of (await chat.say(text)).messages) examples.push(...examplesIn(message));
    const photo = await chat.inject({
      message: {
        message_id: 900_000,
        date: 1_700_000_000,
        chat: { id: user.id, type: 'private', first_name: 'Ada' },
        from: { id: user.id, is_bot: false, first_name: 'Ada', language_code: user.language_code },
        sticker: { file_id: 'a', file_unique_id: 'b', type: 'regular', width: 1, height: 1 },
      },
    });
    for (const message of photo.messages) examples.push(...examplesIn(message));
    expect(examples.length).toBeGreaterThan(8);
    for (const example of new Set(examples)) {
      if (example.startsWith('@')) {
        const [, ...query] = example.split(' ');
        const { inline } = await chat.inlineQuery(query.join(' '));
        expect(inline?.results.length, example).toBeGreaterThan(0);
      } else await type(chat, example);
    }
  });

  it.each(['en', 'de'])('finds it in a group as well, in %s', async (language_code) => {
    const group = bot.chat(
      { id: language_code === 'en' ? 603 : 604, first_name: 'Bob', language_code },
      GROUP,
    );
    const examples: string[] = [];
    for (const command of ['/start', '/help'])
      for (const message of (await group.say(`${command}@agent_factory_test_bot`)).messages)
        examples.push(...examplesIn(message));
    expect(examples.filter((example) => example.startsWith('@')).length).toBeGreaterThan(0);
    // An example without a mention is meant for use in one.
    const typed = examples.map((example) =>
      /^[@/]/.test(example) ? example : `@agent_factory_test_bot ${example}`,
    );
    for (const example of new Set(typed)) await type(group, example);
  });

  it('of the README is answered too', async () => {
    const chat = bot.chat({ id: 605, first_name: 'Cleo', language_code: 'en' });
    const examples = examplesOfReadme();
    expect(examples.length).toBeGreaterThan(3);
    for (const example of examples) await type(chat, example);
  });
});
