import type { Message } from 'grammy/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDays } from '../../functions/bot/gap-store.ts';
import { answerOf, buttonsOf, type Chat, startTestBot, type TestBot } from '../fixtures/conversation.ts';

const HUM = 'generic:motor:motor-does-not-start';

describe('a reply', () => {
  let bot: TestBot;
  let chat: Chat;
  let article: Message;
  let list: Message;
  beforeAll(async () => {
    bot = await startTestBot();
    chat = bot.chat({ id: 721, first_name: 'Ada', language_code: 'en' });
    article = (await chat.say(`/kb_get ${HUM}`)).messages.at(-1)!;
    list = (await chat.say('motor overload')).messages[0]!;
  });
  afterAll(() => bot.close());

  const idsIn = (answer: string): string[] =>
    [...answer.matchAll(/^ {3}([a-z_]+:[\w-]+:[\w-]+)$/gm)].map(([, id = '']) => id);

  it('to an article is about it: it and what belongs to it come first, then all else', async () => {
    const question = 'and if all three phases are there?';
    const alone = idsIn(answerOf(await chat.say(question)));
    const answer = answerOf(await chat.say(question, article));
    expect(alone[0]).not.toBe(HUM);
    const related = buttonsOf(article).filter(({ text }) => /^(?:→|📘) /.test(text)).length;
    expect(related).toBeGreaterThan(0);
    expect(idsIn(answer).slice(0, related + 1)).toContain(HUM);
    expect(idsIn(answer).length).toBe(5);
    expect(answer).toContain('What you replied to and what is near it come first:');
  });

  it('to an article that asks for nothing else shows what belongs to it', async () => {
    const ids = idsIn(answerOf(await chat.say('why?', article)));
    expect(ids[0]).toBe(HUM);
    expect(ids.length).toBeGreaterThan(1);
  });

  it.each([
    ['2', 1],
    ['the second one', 1],
    ['open number 2 please', 1],
    ['das zweite', 1],
    ['first', 0],
    ['the last one', -1],
  ])('to a list opens the entry it names: %s', async (text, at) => {
    const entries = buttonsOf(list).filter((button) => /^\d+\. /.test(button.text));
    const label = entries.at(at)!.text;
    expect(answerOf(await chat.say(text, list))).toContain(label.slice(3).replace(/…$/, ''));
  });

  it('to the second page of a list opens the entry with its number there', async () => {
    const { messages } = await chat.say('motor');
    const second = (await chat.press('›', messages[0])).pressed!;
    const label = buttonsOf(second).find((button) => /^7\. /.test(button.text))!.text;
    expect(answerOf(await chat.say('7', second))).toContain(label.slice(3).replace(/…$/, ''));
  });

  it('to an article with a word that asks for nothing shows it and what belongs to it', async () => {
    for (const text of ['ok', 'more']) expect(idsIn(answerOf(await chat.say(text, article)))[0]).toBe(HUM);
  });

  it('to a list searches what it showed first', async () => {
    const shown = idsIn(list.text!);
    const ids = idsIn(answerOf(await chat.say('reset', list)));
    expect(shown).toContain(ids[0]);
  });

  it('that says thanks is answered as such, and none of it is a gap', async () => {
    expect(answerOf(await chat.say('thanks', article))).toMatch(/welcome/);
    const nowMs = bot.deps.clock.wallMs();
    const gaps = await bot.deps.gaps.list({ days: lastDays(2, nowMs), limit: 50, nowMs });
    expect(gaps.map(({ query }) => query)).not.toContain('why?');
  });

  it('to another message is a question like any other', async () => {
    const help = (await chat.say('/help')).messages[0]!;
    expect(answerOf(await chat.say('scan cycle', help))).toBe(answerOf(await chat.say('scan cycle')));
    const theirs = { ...article, from: { id: 77, is_bot: true, first_name: 'Other' } } as Message;
    const { update } = await chat.say('scan cycle');
    const turn = await chat.inject({
      message: { ...update.message!, message_id: 900_001, reply_to_message: theirs },
    });
    expect(answerOf(turn)).toMatch(/\nFound \d/);
  });
});
