import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerOf,
  buttonsOf,
  type Chat,
  startTestBot,
  type TestBot,
  transcript,
} from '../fixtures/conversation.ts';
import { validRecord } from '../fixtures/foreign-atoms.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const bob = { id: 502, first_name: 'Bob', language_code: 'en' };
const root = { id: 900, first_name: 'Root', language_code: 'en' };

const paragraphs = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    `Paragraph ${i + 1}. ${'It goes on and on about the drive. '.repeat(5)}`.trim(),
  ).join('\n\n');

const atom = (id: string, changes: Record<string, unknown>): Record<string, unknown> => ({
  ...validRecord(id),
  ...changes,
});

const RECORDS = [
  atom('siemens:S7 1200:isolate the drive', {
    atom_type: 'procedure',
    title: 'Isolate the drive',
    summary: 'How to make a drive dead.',
    content: 'First the main switch.\n\nThen five minutes for the capacitors.',
    manufacturer: 'siemens',
    product_family: 'SINAMICS',
    product_version: 'V5.2',
    difficulty: 'advanced',
    safety_level: 'danger',
    safety_notes: 'The capacitors hold 600 V. They kill.',
    source_document: 'Drive manual <A5E>',
    source_pages: [12, '13-14'],
    source_url: 'https://example.com/manual?a=1&b="2"',
    quality_score: 0.875,
    keywords: ['drive', 'isolate'],
    last_validated_at: '2026-01-31T12:00:00.000Z',
    prerequisites: ['generic:x:caution', 'generic:x:nowhere'],
    related_atoms: ['generic:x:long', 'generic:x:caution', 'siemens:S7 1200:isolate the drive'],
  }),
  atom('generic:x:caution', {
    title: 'Hot surface',
    safety_level: 'caution',
    safety_notes: 'Let it cool first.',
  }),
  atom('generic:x:bare-warning', { title: 'Bare warning', safety_level: 'warning', safety_notes: '' }),
  atom('generic:x:folded', { title: 'Folded', content: paragraphs(8) }),
  atom('generic:x:long', { title: 'Long', content: paragraphs(45) }),
  atom('generic:x:huge', { title: 'Huge', content: paragraphs(200) }),
  atom('generic:x:table', {
    title: 'Table',
    content: 'Before.\n| A | B |\n|---|---|\n| 1 | 2 |\nAfter.\n```\nIF x THEN\n  y\n```',
  }),
];

describe('reading an atom', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({ knowledge: RECORDS, env: { ADMIN_USER_IDS: '900' } });
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  it('shows all of it, what can hurt somebody first', async () => {
    const turn = await chat.say('/kb_get siemens:S7 1200:isolate the drive');
    expect(answerOf(turn)).toBe(`⛔ DANGER: The capacitors hold 600 V. They kill.

[PROCEDURE] Isolate the drive
Siemens · SINAMICS · Version V5.2 · advanced

How to make a drive dead.

First the main switch.

Then five minutes for the capacitors.

Keywords: drive, isolate
Source: Drive manual <A5E>, pages 12, 13-14
Safety level: danger
Quality: 88 %
Checked: 2026-01-31
Read the original
ID: siemens:S7 1200:isolate the drive
[📘 Hot surface]
[→ Long]
[→ Hot surface]
[👍 Useful] [👎 Not useful]`);
    expect(turn.messages[0]?.entities).toContainEqual(
      expect.objectContaining({ type: 'text_link', url: 'https://example.com/manual?a=1&b=%222%22' }),
    );
  });

  it('finds ids with spaces, and those that were copied with brackets or quotes', async () => {
    const id = 'siemens:S7 1200:isolate the drive';
    for (const typed of [
      `  ${id} `,
      `<${id}>`,
      `"${id}"`,
      `\`${id}\``,
      'siemens:S7  1200:isolate\tthe drive',
    ]) {
      expect(answerOf(await chat.say(`/kb_get ${typed}`))).toContain(`ID: ${id}`);
    }
  });

  it('puts lesser notes behind the content, and a bare level is shown too', async () => {
    const cautious = answerOf(await chat.say('/kb_get generic:x:caution'));
    expect(cautious).toMatch(/^\[[A-Z]+\] Hot surface[^]*⚠️ CAUTION: Let it cool first\./);
    expect(answerOf(await chat.say('/kb_get generic:x:bare-warning'))).toMatch(/^⚠️ WARNING\n\n\[/);
  });

  it('folds what is long', async () => {
    const { messages } = await chat.say('/kb_get generic:x:folded');
    expect(messages[0]?.entities).toContainEqual(expect.objectContaining({ type: 'expandable_blockquote' }));
  });

  it('sends what is longer than a message whole, cut between paragraphs, the buttons last', async () => {
    const { messages } = await chat.say('/kb_get generic:x:long');
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.every(({ text = '' }) => text.length <= 4096)).toBe(true);
    expect(messages.map(({ text }) => text).join('\n')).toMatch(
      /Paragraph 1\.[^]*Paragraph 22\.[^]*Paragraph 45\./,
    );
    for (const { text } of messages.slice(1, -1)) expect(text).toMatch(/^Paragraph \d+\.[^]*drive\.$/);
    expect(messages.map((message) => buttonsOf(message).length > 0)).toEqual(
      messages.map((_, i) => i === messages.length - 1),
    );
  });

  it('shows what is longer than a few messages in one, to be leafed through', async () => {
    const turn = await chat.say('/kb_get generic:x:huge');
    const pages = Number(/\[1\/(\d+)\] \[›\]/.exec(answerOf(turn))?.[1]);
    expect(pages).toBeGreaterThan(4);
    let shown = turn.messages[0]?.text ?? '';
    for (let page = 2; page <= pages; page += 1) shown += (await chat.press('›')).pressed?.text ?? '';
    for (let n = 1; n <= 200; n += 1) expect(shown).toContain(`Paragraph ${n}.`);
  });

  it('shows tables and code in a font that keeps their columns', async () => {
    const { messages } = await chat.say('/kb_get generic:x:table');
    const [message] = messages;
    const pre = (message?.entities ?? [])
      .filter(({ type }) => type === 'pre')
      .map(({ offset, length }) => message?.text?.slice(offset, offset + length));
    expect(pre).toEqual(['| A | B |\n|---|---|\n| 1 | 2 |', 'IF x THEN\n  y']);
  });

  it('offers the nearest atoms for an unknown id', async () => {
    const turn = await chat.say('/kb_get siemens:s7-1200:isolate-the-drive');
    expect(answerOf(turn)).toMatch(
      /^🤷 There is no article siemens:s7-1200:isolate-the-drive\n\nDid you mean[^]*\n• siemens:S7 1200:isolate the drive/,
    );
    const opened = await chat.press('→ Isolate the drive');
    expect(transcript(opened.pressed)).toMatch(/^⛔ DANGER/);
    expect(answerOf(await chat.say('/kb_get 电机'))).toContain('Search for it instead');
  });

  it('keeps one opinion per user, the latest', async () => {
    await chat.say('/kb_get generic:x:folded');
    const thanks = await chat.press('👍 Useful');
    expect(thanks.calls.map(({ method }) => method)).toEqual(['answerCallbackQuery']);
    expect(thanks.toast?.text).toBe('Thank you! Noted as useful.');
    await chat.press('👎 Not useful');
    const other = bot.chat(bob);
    await other.say('/kb_get generic:x:folded');
    await other.press('👍 Useful');
    expect(await bot.deps.feedback.tally('generic:x:folded', Date.now())).toEqual({ up: 1, down: 1 });
    expect(answerOf(await chat.say('/kb_get generic:x:folded'))).not.toContain('Feedback:');
    expect(answerOf(await bot.chat(root).say('/kb_get generic:x:folded'))).toContain('Feedback: 👍 1 · 👎 1');
  });
});
