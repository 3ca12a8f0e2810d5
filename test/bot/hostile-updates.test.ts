import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Update } from 'grammy/types';
import { startTestBot, type Chat, type TestBot } from '../fixtures/conversation.ts';
import { hostileAtoms } from '../fixtures/hostile-atoms.ts';
import { propertyRuns } from '../fixtures/property-runs.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };

const KINDS = [
  'message',
  'edited_message',
  'channel_post',
  'business_message',
  'callback_query',
  'inline_query',
  'chosen_inline_result',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'message_reaction',
  'poll',
  'poll_answer',
  'shipping_query',
  'pre_checkout_query',
  'purchased_paid_media',
  'chat_boost',
  'a_kind_of_the_future',
  '__proto__',
  'constructor',
];

const FIELDS = [
  'chat',
  'from',
  'text',
  'data',
  'query',
  'offset',
  'id',
  'date',
  'entities',
  'message',
  'message_id',
  'document',
  'caption',
  'type',
  'via_bot',
  'reply_to_message',
  'forward_origin',
  'language_code',
  'first_name',
  'username',
  'is_bot',
  'new_chat_member',
  '__proto__',
  'toString',
];

/** Anything that JSON can hold, with names that the bot looks for. */
const { anything } = fc.letrec<{ anything: unknown; object: object }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      501,
      1e300,
      Number.MAX_SAFE_INTEGER,
      '',
      '/start',
      '/kb_get x',
      'v1:r:0:=x',
    ),
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    tie('object'),
    fc.array(tie('anything'), { maxLength: 3 }),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), tie('anything')), { maxLength: 5 })
    // As JSON.parse makes it: `__proto__` is then a property like any other.
    .map((entries) => JSON.parse(objectOf(entries)) as object),
}));

function objectOf(entries: [string, unknown][]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** Nearly right: one part of a real update replaced by anything. */
const mangled = fc
  .tuple(
    fc.constantFrom<keyof typeof REAL>('message', 'callback_query', 'inline_query'),
    fc.constantFrom(...FIELDS),
    fc.constantFrom('from', 'chat', 'message', 'document', ''),
    anything,
  )
  .map(([kind, field, inside, value]) => {
    const real = structuredClone(REAL[kind]) as Record<string, unknown>;
    const part = inside === '' ? real : real[inside];
    if (typeof part === 'object' && part !== null)
      Object.defineProperty(part, field, { value, enumerable: true });
    return { [kind]: real };
  });

const chat = { id: ada.id, type: 'private', first_name: 'Ada' };
const from = { ...ada, is_bot: false };
const message = { message_id: 1, date: 1_700_000_000, chat, from, text: '/kb_search motor' };
const REAL = {
  message,
  callback_query: { id: '1', from, chat_instance: '1', data: 'v1:r:0:=motor', message },
  inline_query: { id: '1', from, query: 'motor', offset: '' },
};

describe('an update of any shape', () => {
  let bot: TestBot;
  let person: Chat;
  let nextId = 900_000_000;
  beforeAll(async () => {
    bot = await startTestBot({ knowledge: hostileAtoms().map(({ record }) => record) });
    person = bot.chat(ada);
  });
  afterAll(() => bot.close());

  /** Settled, or counted as the update's own fault: anything else would come again for a day. */
  const expectSettledOrCounted = async (content: object): Promise<void> => {
    const update = { ...content, update_id: (nextId += 1) } as Update;
    const { kind } = await bot.consume(update);
    expect(['done', 'failed'], JSON.stringify(update)).toContain(kind);
  };

  it('is settled, or counted as its own fault, whatever it holds', async () => {
    const shapes = fc.oneof(
      fc
        .tuple(fc.constantFrom(...KINDS), anything)
        .map(([kind, value]) => JSON.parse(objectOf([[kind, value]])) as object),
      mangled,
    );
    await fc.assert(fc.asyncProperty(shapes, expectSettledOrCounted), propertyRuns(50));
    // And the bot is none the worse for it.
    expect((await person.say('/help')).outcome).toEqual({ kind: 'done' });
  });

  it('is parked after its attempts where it can never be handled, and holds nobody up', async () => {
    const update = { update_id: (nextId += 1), message: { ...message, text: 5 } } as unknown as Update;
    const outcomes: string[] = [];
    for (let i = 0; i < 6; i += 1) outcomes.push((await bot.consume(update)).kind);
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'failed', 'parked', 'duplicate']);
    expect((await person.say('/help')).outcome).toEqual({ kind: 'done' });
  });

  it('is answered whenever it is a text that a person can send', async () => {
    const words = fc.constantFrom(
      'the',
      'of',
      'is',
      '👍',
      '👩‍🔧',
      '\u0007',
      '<b>',
      '&',
      'type:',
      '"',
      'motor',
      '6ES7',
      '\n',
    );
    const texts = fc
      .tuple(
        fc.constantFrom(
          '',
          '/kb_get ',
          '/kb_search ',
          '/generate_script ',
          '/start ',
          '/kb_stats ',
          '/no_such ',
        ),
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 200 }),
          fc.array(words, { maxLength: 12 }).map((all) => all.join(' ')),
        ),
      )
      .map((parts) => parts.join(''))
      // Telegram does not send an empty message.
      .filter((text) => text.replace(/[\p{C}\p{Z}]/gu, '') !== '');
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const turn = await person.say(text);
        expect(turn.outcome).toEqual({ kind: 'done' });
        expect(turn.messages.length).toBeGreaterThan(0);
        expect(turn.calls.filter(({ status }) => status !== 200)).toEqual([]);
      }),
      propertyRuns(30),
    );
  });

  it('is answered whatever a button carries and an inline query asks', async () => {
    const { messages } = await person.say('motor');
    const data = fc
      .oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }),
        fc
          .tuple(
            fc.constantFrom('v1:', 'v2:'),
            fc.constantFrom('r', 'a', 'n', 'f', 's', 'x'),
            fc.array(fc.oneof(fc.string({ maxLength: 6 }), fc.integer().map(String)), { maxLength: 4 }),
          )
          .map(([version, op, fields]) => [`${version}${op}`, ...fields].join(':')),
      )
      .filter((text) => Buffer.byteLength(text) <= 64 && text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(
        data,
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ maxLength: 12 }),
        async (pressed, query, offset) => {
          const press = await person.pressData(pressed, messages[0]!);
          expect(press.outcome).toEqual({ kind: 'done' });
          expect(press.toast).toBeDefined();
          const inline = await person.inlineQuery(query, offset);
          expect(inline.outcome).toEqual({ kind: 'done' });
          expect(inline.inline).toBeDefined();
        },
      ),
      propertyRuns(15),
    );
  });
});
