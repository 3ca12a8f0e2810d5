import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { articleKeyboard, articleParts } from '../../functions/bot/atom-article.ts';
import { contentBlocks } from '../../functions/bot/content-blocks.ts';
import { resultsView } from '../../functions/bot/search-results.ts';
import { LANGUAGES } from '../../functions/bot/texts/texts.ts';
import { english } from '../../functions/bot/texts/english.ts';
import { ATOM_TYPES, type Atom, SAFETY_LEVELS } from '../../functions/knowledge/atom.ts';
import { briefOf } from '../../functions/knowledge/excerpts.ts';
import type { KnowledgeVersion } from '../../functions/knowledge/port.ts';
import { parseHtml } from '../../functions/local/bot-api/text/html.ts';
import { bm25Engine } from '../../functions/search/engine.ts';
import { printable } from '../../functions/telegram/limits-html.ts';
import { BUTTON_CHARACTERS, LIMITS } from '../../functions/telegram/limits.ts';
import { anyCharacter } from '../fixtures/any-character.ts';
import { webAddress } from '../fixtures/web-address.ts';

const hostile = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.lorem({ mode: 'sentences' }),
  fc.constantFrom(
    '<b>',
    '</pre>',
    '&lt;',
    '```\n',
    '\n| a | b |\n',
    '\n\n',
    '\ud83d',
    '"',
    '😀'.repeat(700),
    'x'.repeat(5000),
  ),
);
const text = fc.array(hostile, { maxLength: 12 }).map((parts) => parts.join(''));
const atoms: fc.Arbitrary<Atom> = fc.record({
  atom_id: fc.string({ minLength: 1, maxLength: 512 }).map((id) => `a:b:${id}`),
  atom_type: fc.constantFrom(...ATOM_TYPES),
  title: text.map((title) => `t${title}`.slice(0, 2000)),
  summary: text,
  content: text,
  manufacturer: hostile,
  product_family: hostile,
  prerequisites: fc.array(hostile, { maxLength: 5 }),
  related_atoms: fc.array(hostile, { maxLength: 5 }),
  source_document: text,
  source_pages: fc.array(fc.oneof(fc.nat(), hostile), { maxLength: 5 }),
  source_url: fc.oneof(hostile, webAddress),
  safety_level: fc.constantFrom(...SAFETY_LEVELS),
  safety_notes: text,
  keywords: fc.array(hostile, { maxLength: 5 }),
});

const withoutSpace = (given: string): string => printable(given).replace(/\s+/g, '');

function versionOf(all: readonly Atom[]): KnowledgeVersion {
  const builder = bm25Engine.builder();
  for (const atom of all) {
    const facets = { manufacturer: atom.manufacturer, type: atom.atom_type, safety: atom.safety_level };
    builder.add({ ...atom, id: atom.atom_id, facets });
  }
  const briefsOf = (ids: readonly string[]) =>
    ids.map((id) => briefOf(all.find(({ atom_id: known }) => known === id)!));
  return {
    version: 'v',
    publishedAtMs: 0,
    index: builder.build(),
    stats: { total: all.length, byManufacturer: [], byType: [] },
    get: async (id) => all.find(({ atom_id: known }) => known === id),
    getMany: async (ids) => ids.flatMap((id) => all.filter(({ atom_id: known }) => known === id)),
    excerptsOf: async (ids) => briefsOf(ids).map(({ excerpt }) => excerpt),
    briefsOf: async (ids) => briefsOf(ids),
  };
}

describe('an article', () => {
  it('is whole, within its messages, and markup that Telegram takes, whatever the atom holds', () => {
    fc.assert(
      fc.property(atoms, fc.constantFrom(...Object.values(LANGUAGES)), (atom, texts) => {
        const parts = articleParts(atom, texts).map(({ markup }) => parseHtml(markup).text);
        for (const part of parts) {
          expect(part.trim()).not.toBe('');
          expect(part.length).toBeLessThanOrEqual(LIMITS.message);
        }
        const shown = withoutSpace(parts.join(''));
        for (const { text: block } of contentBlocks(atom.content)) {
          const lines = block
            .split(/\s+/)
            .map(withoutSpace)
            .filter((word) => word !== '' && word.length < 300);
          for (const word of lines) expect(shown).toContain(word);
        }
        if (atom.safety_level === 'danger') expect(parts[0]).toMatch(/^⛔/);
      }),
      { numRuns: 60 },
    );
  });

  it('has buttons with a label, each once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(atoms, { minLength: 1, maxLength: 6, selector: ({ atom_id: id }) => id }),
        (all) => {
          const [first] = all;
          const others = all.map(({ atom_id: id }) => id);
          const atom: Atom = { ...first!, related_atoms: [...others, ...others], prerequisites: others };
          const rows = articleKeyboard({
            atom,
            index: versionOf(all).index,
            texts: english,
            parts: 3,
            part: 1,
          });
          for (const { text: label } of rows.flat()) {
            expect(label.trim()).not.toBe('');
            expect(label.length).toBeLessThanOrEqual(BUTTON_CHARACTERS);
          }
          expect(rows.flat().filter(({ text: label }) => label.startsWith('→'))).toHaveLength(
            Math.min(5, all.length - 1),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a page of results', () => {
  it('is one message, whatever the atoms and the query hold', async () => {
    const longest: Atom[] = Array.from({ length: 12 }, (_, i) => ({
      atom_id: `a:b:${'i'.repeat(500)}${i}`,
      atom_type: 'specification',
      title: `motor ${'<title>'.repeat(280)}`,
      summary: `motor ${'&'.repeat(5000)}`,
      content: 'motor '.repeat(5000),
      manufacturer: 'm'.repeat(2000),
      prerequisites: [],
      related_atoms: [],
      source_pages: [],
      safety_level: 'info',
      keywords: [],
    }));
    const version = versionOf(longest);
    const filters = Array.from({ length: 20 }, (_, i) => `manufacturer:${'z'.repeat(40)}${i} type:spec`).join(
      ' ',
    );
    const unheardOf = Array.from({ length: 6 }, (_, i) => `${'q'.repeat(60)}${i}`).join(' ');
    const queries = [
      'motor',
      `motor ${filters}`.slice(0, 1024),
      `motor ${'<&>'.repeat(300)}`,
      `motor ${unheardOf} manufacturer:mm ${filters}`.slice(0, 1024),
    ];
    for (const texts of Object.values(LANGUAGES)) {
      for (const query of queries) {
        const keepQuery = (): Promise<string> => Promise.resolve('~0123456789abcdef');
        const { text: html } = await resultsView({ version, query, page: 1, texts, keepQuery, said: query });
        expect(html.length).toBeLessThanOrEqual(LIMITS.message);
        expect(parseHtml(html.markup).text).toMatch(/^🔍 [^:]+: motor/m);
      }
    }
  });
});

describe('the content of an atom', () => {
  it('is divided into prose, tables and fenced code', () => {
    expect(
      contentBlocks('One.\n\n| a | b |\n| c | d |\nTwo.\n```st\n  x := 1;\n```\n```\ny\n```\nThree.'),
    ).toEqual([
      { kind: 'prose', text: 'One.' },
      { kind: 'preformatted', text: '| a | b |\n| c | d |' },
      { kind: 'prose', text: 'Two.' },
      { kind: 'preformatted', text: '  x := 1;' },
      { kind: 'preformatted', text: 'y' },
      { kind: 'prose', text: 'Three.' },
    ]);
  });
});
