import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atomKeyOf } from '../../functions/bot/atom-keys.ts';
import {
  answerOf,
  buttonsOf,
  type Chat,
  startTestBot,
  type TestBot,
  type Turn,
} from '../fixtures/conversation.ts';
import { hostileAtoms } from '../fixtures/hostile-atoms.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };

const QUERIES = [
  '<b>bold</b> & <script>alert(1)</script>',
  '</blockquote></b>&lt;',
  '*a* _b_ `c` [d](https://example.com)',
  '"unclosed phrase',
  'type:"x manufacturer: family:',
  'constructor __proto__ toString',
  '\u202eelif.exe\u202c',
  '👩‍🔧 🇩🇪 𝒜𝓉𝑜𝓂',
  '电机 двигатель μοτέρ',
  'a'.repeat(4096),
  'type:fault '.repeat(300),
  '%s %d ${x} {{y}} \\n',
];

describe('hostile atoms and queries', () => {
  let bot: TestBot;
  let chat: Chat;
  const atoms = hostileAtoms();
  const ids = atoms.map(({ record }) => String(record['atom_id']));
  beforeAll(async () => {
    bot = await startTestBot({ knowledge: atoms.map(({ record }) => record) });
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  const expectAnswered = ({ outcome, calls, messages }: Turn): void => {
    expect(outcome).toEqual({ kind: 'done' });
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    for (const button of messages.flatMap(buttonsOf)) {
      expect(button.text).not.toBe('');
      expect(Buffer.byteLength(button.data ?? '')).toBeLessThanOrEqual(64);
    }
  };

  it('are all read, listed and shared without a refusal by Telegram', async () => {
    const { messages } = await chat.say('/help');
    for (const id of ids) {
      const opened = await chat.pressData(`v1:a:${atomKeyOf(id)}:0::`, messages[0]!);
      expectAnswered(opened);
      expect(opened.toast?.text).toBe('');
      const isOfSeveralParts = buttonsOf(opened.pressed).some(({ text }) => text === '›');
      expect(opened.pressed?.text).toContain(isOfSeveralParts ? '[CONCEPT] ' : 'ID: ');
    }
    for (const query of ['bold', 'hostile', 'text', 'constructor', 'x']) {
      expectAnswered(await chat.say(query));
      const { calls, inline } = await chat.inlineQuery(query);
      expect(calls.map(({ status }) => status)).toEqual([200]);
      expect(inline).toBeDefined();
    }
  });

  it('are found by their id as it is typed', async () => {
    for (const id of [
      'generic:hostile:<b>x</b>&"\'',
      'generic:hostile:größe-Ω-电机-👍',
      '__proto__',
      '../../etc/passwd',
    ]) {
      const turn = await chat.say(`/kb_get ${id}`);
      expectAnswered(turn);
      expect(answerOf(turn)).toContain(`ID: ${id}`);
    }
  });

  it('get an answer, whatever is asked', async () => {
    for (const query of QUERIES) {
      for (const text of [
        query,
        `/kb_search ${query}`,
        `/kb_get ${query}`,
        `/generate_script ${query}`,
        `/start ${query}`,
      ]) {
        const turn = await chat.say(text.slice(0, 4096));
        expectAnswered(turn);
        expect(turn.messages.length).toBeGreaterThan(0);
      }
      expect((await chat.inlineQuery(query.slice(0, 256))).outcome).toEqual({ kind: 'done' });
    }
  });
});
