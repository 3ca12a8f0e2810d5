import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snippetOf } from '../../functions/search/snippet.ts';
import { indexOfTexts } from './small-corpus.ts';

const FILLER = 'Nothing of interest is written in this part of the page, and it goes on for a while. ';
const TEXT = `${FILLER.repeat(5)}The contactor of the\n\tsecond motor drops out when the voltage sags.  ${FILLER.repeat(5)}`;

describe('snippets', () => {
  it('show the part with the words of the query, in whatever inflection', () => {
    const index = indexOfTexts(TEXT);
    const { terms } = index.search('motors dropping voltages');
    const snippet = index.snippet(TEXT, terms, 100);
    expect(snippet).toContain('second motor drops out when the voltage sags.');
    expect(snippet.length).toBeLessThanOrEqual(100);
    expect(snippet).toMatch(/^….*…$/);
  });

  it('show a part number and a synonym however they were typed', () => {
    const text = `${FILLER.repeat(3)}Order 6ES7 214-1AG40-0XB0 with the frequency converter. ${FILLER}`;
    const index = indexOfTexts(text);
    expect(index.snippet(text, index.search('6es72141ag400xb0').terms, 60)).toContain('6ES7 214-1AG40-0XB0');
    expect(index.snippet(text, index.search('vfd').terms, 60)).toContain('frequency converter');
  });

  it('begin at the beginning when nothing matches, and are the whole text when it is short', () => {
    expect(snippetOf(TEXT, ['zebra'], 40)).toBe('Nothing of interest is written in this…');
    expect(snippetOf('  A short\n text. ', ['text'], 40)).toBe('A short text.');
    expect(snippetOf('', ['text'], 40)).toBe('');
  });

  it('cut a word longer than the room', () => {
    expect(snippetOf('x'.repeat(50), [], 10)).toBe(`${'x'.repeat(9)}…`);
    expect(snippetOf('\u{1F527}'.repeat(50), [], 10)).toBe(`${'\u{1F527}'.repeat(4)}…`);
  });

  it('keep to their length, halve no character and invent no text, whatever the text', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(' motor ', '\u{1F527}', ' ', 'relay ')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 80 }), (parts, maxLength) => {
        const text = parts.join('');
        const snippet = snippetOf(text, ['motor', 'relay'], maxLength);
        expect(snippet.length).toBeLessThanOrEqual(maxLength);
        expect(Buffer.from(snippet).toString()).toBe(snippet);
        const flat = text.replace(/\s+/gu, ' ').trim();
        expect(flat).toContain(snippet.replace(/^…(?=.)/u, '').replace(/…$/u, ''));
      }),
      { numRuns: 300 },
    );
  });
});
