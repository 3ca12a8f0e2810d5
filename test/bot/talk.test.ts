import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDays } from '../../functions/bot/gap-store.ts';
import { choiceIn, type Talk, talkIn } from '../../functions/bot/talk.ts';
import { answerOf, startTestBot, type TestBot } from '../fixtures/conversation.ts';

const SAID: readonly (readonly [Talk, string])[] = [
  ['greeting', 'Hi'],
  ['greeting', 'hey there!'],
  ['greeting', 'Good morning'],
  ['greeting', 'Hello, how are you?'],
  ['greeting', 'Moin'],
  ['greeting', 'Guten Tag zusammen'],
  ['greeting', 'Grüß Gott'],
  ['thanks', 'Thanks'],
  ['thanks', 'thank you so much for your help 👍'],
  ['thanks', 'Vielen Dank!'],
  ['thanks', 'ok great thanks'],
  ['thanks', 'Danke, ok'],
  ['thanks', 'super, danke dir'],
  ['goodbye', 'bye'],
  ['goodbye', 'Tschüss'],
  ['identity', 'who are you?'],
  ['identity', 'Are you a bot'],
  ['identity', 'Wer bist du?'],
  ['identity', 'Hallo, wer bist du'],
  ['ability', 'What can you do?'],
  ['ability', 'help'],
  ['ability', 'Was kannst du?'],
  ['followUp', 'why'],
  ['followUp', 'ok'],
  ['followUp', 'so what next'],
  ['followUp', 'the second one'],
  ['followUp', 'und jetzt?'],
  ['followUp', '2'],
];

describe('talk', () => {
  it.each(SAID)('is known for what it is (%s): %s', (talk, text) => {
    expect(talkIn(text)).toBe(talk);
  });

  it.each([
    'hi, motor does not start',
    'thanks, and what about overcurrent',
    'hello world program in ladder',
    'OK led flashing red',
    'help motor does not stop',
    'first scan',
    'second channel of the safety relay',
    'night mode of the HMI',
    'F2',
    '24',
    'wie geht der Motor an',
    'what are timers',
    'how does a VFD work',
    '',
    '???',
  ])('is not what asks for something: %s', (text) => {
    expect(talkIn(text)).toBeUndefined();
  });

  it('tells which of a list is meant', () => {
    for (const text of [
      '2',
      '#2',
      'the second one',
      'das zweite',
      'open number 2 please',
      'zeig mir den zweiten',
    ])
      expect(choiceIn(text)).toBe(2);
    expect(choiceIn('first')).toBe(1);
    expect(choiceIn('7')).toBe(7);
    expect(choiceIn('the last one')).toBe('last');
    for (const text of ['why', '24 V', 'the one about siemens', '2 or 3', 'one', 'first out alarm', ''])
      expect(choiceIn(text)).toBeUndefined();
  });

  describe('with the bot', () => {
    let bot: TestBot;
    beforeAll(async () => {
      bot = await startTestBot();
    });
    afterAll(() => bot.close());

    it.each([
      ['en', 711],
      ['de', 712],
    ])('gets a person’s answer, and is no gap, in %s', async (language_code, id) => {
      const chat = bot.chat({ id, first_name: 'Ada', language_code });
      const answers = new Set<string>();
      for (const text of ['hi', 'thanks', 'bye', 'who are you', 'what can you do', 'why']) {
        const answer = answerOf(await chat.say(text));
        expect(answer).not.toMatch(/🔍|🤷/);
        answers.add(answer);
      }
      expect(answers.size).toBe(6);
      const nowMs = bot.deps.clock.wallMs();
      expect(await bot.deps.gaps.list({ days: lastDays(2, nowMs), limit: 50, nowMs })).toEqual([]);
    });
  });
});
