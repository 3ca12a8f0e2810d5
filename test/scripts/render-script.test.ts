import { type Node, Parser } from 'commonmark';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptToJson, scriptToMarkdown, timestamp } from '../../functions/scripts/render-script.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { narrationOf, type Script } from '../../functions/scripts/script.ts';
import { PUMP_ATOMS } from './atoms.ts';

const result = composeScript({
  topic: 'pump basics',
  atoms: PUMP_ATOMS,
  id: '42-7',
  createdAtMs: 0,
  userId: 5,
});
if (!result.ok) throw new Error('the fixture makes no script');
const { script } = result;

interface Shown {
  /** The text of each heading, paragraph and list item, as a reader sees it. */
  lines: string[];
  types: Set<string>;
  codes: string[];
}

function shown(markdown: string): Shown {
  const lines: string[] = [];
  const types = new Set<string>();
  const codes: string[] = [];
  const walker = new Parser().parse(markdown).walker();
  for (let event = walker.next(); event !== null; event = walker.next()) {
    const node: Node = event.node;
    if (!event.entering) continue;
    types.add(node.type);
    if (node.type === 'heading' || node.type === 'paragraph') lines.push('');
    if (node.type === 'softbreak' || node.type === 'linebreak') lines.push('');
    if (node.type === 'code') codes.push(node.literal ?? '');
    if (node.literal !== null) lines.push(`${lines.pop() ?? ''}${node.literal}`);
  }
  return { lines, types, codes };
}

describe('the Markdown document', () => {
  const { lines, codes } = shown(scriptToMarkdown(script));

  it('shows every part with its time, and every word of the narration', () => {
    expect(lines).toContain(script.title);
    expect(lines).toContain('00:00 Hook');
    for (const { startSeconds, heading } of script.sections)
      expect(lines).toContain(`${timestamp(startSeconds)} ${heading}`);
    for (const text of narrationOf(script)) expect(lines).toContain(text);
    const times = lines.flatMap((line) => /^(\d\d:\d\d) /.exec(line)?.[1] ?? []);
    expect(times).toHaveLength(script.sections.length + 5);
    expect([...times].sort()).toStrictEqual(times);
  });

  it('lists the sources with ids, documents and pages, and numbers them at the sections', () => {
    expect(codes).toStrictEqual(script.citations.map(({ atomId }) => atomId));
    expect(lines.join('\n')).toContain('Pump_Handbook_v2.pdf, pages 12, 13-14');
    expect(lines).toContain('Sources: [1]');
  });

  it('shows any text as it is: nothing in it becomes a link, a list, HTML or emphasis', () => {
    const line = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 })
      .map((text) => `a${text}b`.replace(/\s+/g, ' '));
    const opening = fc.constantFrom(
      '1. x',
      '- x',
      '+ x',
      '# x',
      '> x',
      '===',
      '---',
      '[a](b)',
      '<b>',
      '&amp;',
      '~~~',
      '`x',
      '*x*',
      '__x__',
      'a_b_c',
      '![i](u)',
      '\\',
    );
    fc.assert(
      fc.property(fc.oneof(line, opening), fc.stringMatching(/^[\w`: -]{0,19}[\w`]$/), (text, id) => {
        const hostile: Script = {
          ...script,
          title: text,
          topic: text,
          hook: text,
          keywords: [text],
          exampleSources: [id],
          citations: [{ atomId: id, title: text, document: text, pages: [text] }],
        };
        const page = shown(scriptToMarkdown(hostile));
        expect(page.lines).toContain(text.trim());
        expect(page.lines).toContain(`Topic: ${text}`.trim());
        expect([...page.types].sort()).toStrictEqual([...TYPES].sort());
        expect(page.codes).toStrictEqual([id.replace(/ +/g, ' ')]);
      }),
      { seed: 20261123 },
    );
  });

  it('leaves alone what a phone would show with a mark before it', () => {
    const hook = 'NORM_X takes T#5s, 4 & 5, or A~B at 5 + 3.';
    expect(scriptToMarkdown({ ...script, hook })).toContain(hook);
  });

  it('leaves out the example where there is none, and calls a point for practice no example', () => {
    expect(scriptToMarkdown({ ...script, example: '', exampleSources: [] })).not.toMatch(
      /Example|In practice/,
    );
    expect(scriptToMarkdown({ ...script, isExample: false })).toMatch(/## \d\d:\d\d In practice/);
  });

  it('links only the web address of a source', () => {
    const withUrl = {
      ...script,
      citations: [{ atomId: 'a:b:c', title: 'T', pages: [], url: 'https://example.com/a_b_c?d=1' }],
    };
    const markdown = scriptToMarkdown(withUrl);
    expect(markdown).toContain('<https://example.com/a_b_c?d=1>');
    expect(shown(markdown).types).toContain('link');
  });
});

const TYPES = shown(scriptToMarkdown(script)).types;

describe('the JSON document', () => {
  it('holds the whole script', () => {
    expect(JSON.parse(scriptToJson(script))).toStrictEqual(script);
    expect(scriptToJson(script).endsWith('}\n')).toBe(true);
  });
});
