import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snippetOf } from '../../functions/search/snippet.ts';
import { indexOfTexts } from './small-corpus.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

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

  it.each([
    ['It reads 11.76 volts or, in the range 4-20 mA, 18.81 mA.', 'rang'],
    ['The mask is 255.255.255.0 on the first port and 10.0.0.1 on the second port.', 'port'],
    ['A three-phase motor, a single-phase motor and a two-phase motor.', 'phase'],
    ['The tolerance is -5 V and +5 V below 10 000 ohm, and < 50 V at the other input.', 'input'],
    ['Order the module 6ES7 214-1AG40-0XB0 or the module 6ES7 215-1AG40-0XB0 instead.', 'module'],
    ['Steps 1/2/3 of 4/5/6 are in the manual, and 7/8/9 are in the other manual.', 'manual'],
  ])('never begin or end inside a number or a compound: %s', (sentence, term) => {
    const text = `${FILLER}${sentence} ${FILLER}`.trim();
    for (let maxLength = 20; maxLength < text.length; maxLength++) {
      const snippet = snippetOf(text, [term], maxLength);
      const shown = snippet.replace(/^…/u, '').replace(/…$/u, '');
      const begin = text.indexOf(shown);
      const [before, after] = [text.slice(0, begin), text.slice(begin + shown.length)];
      expect(before, snippet).toMatch(/^$|\s$/u);
      expect(after, snippet).toMatch(/^$|^\s/u);
      if (/^\d/u.test(shown)) expect(before, snippet).not.toMatch(/[\d<] $/u);
      if (/\d$/u.test(shown)) expect(after, snippet).not.toMatch(/^ \d/u);
    }
  });

  it('may begin behind a full stop that no space follows', () => {
    const sentence = '電動機停止。'.repeat(30);
    expect(snippetOf(`${sentence}接触器 K1 を確認。${sentence}`, ['k1'], 30)).toMatch(/^…[電接].*K1/u);
  });

  it('keep to their length, halve no character and invent no text, whatever the text', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: anyCharacter }), fc.constantFrom(' motor ', '\u{1F527}', ' ', 'relay ')),
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
