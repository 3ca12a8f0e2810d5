import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACET_NAMES } from '../../functions/search/port.ts';
import { idsFor, indexOf } from './small-corpus.ts';
import { propertyRuns } from '../fixtures/property-runs.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

const PROTOTYPE_WORDS = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype', 'valueOf'];

describe('hostile input', () => {
  it('treats the names of built-in properties as words like any other', () => {
    const index = indexOf(
      {
        id: '__proto__',
        title: 'constructor',
        facets: { manufacturer: '__proto__', type: 'constructor', safety: 'toString' },
      },
      { id: 'constructor', content: 'the valueOf a motor', keywords: ['hasOwnProperty'] },
    );
    expect(index.ordinalOf('__proto__')).toBe(0);
    expect(index.ordinalOf('toString')).toBe(-1);
    expect(idsFor(index, 'constructor')).toEqual(['__proto__']);
    expect(idsFor(index, 'valueOf')).toEqual(['constructor']);
    expect(idsFor(index, 'manufacturer:__proto__')).toEqual(['__proto__']);
    expect(index.document(0).facets).toEqual({
      manufacturer: '__proto__',
      type: 'constructor',
      safety: 'toString',
    });
    for (const word of PROTOTYPE_WORDS) expect(() => index.search(word)).not.toThrow();
  });

  it('answers any query with a well-formed result', () => {
    const index = indexOf(
      { id: 'a', title: 'Motor start', content: '6ES7 214-1AG40-0XB0 "push button" VFD' },
      { id: 'b', title: 'Valve', content: 'emergency stop NC' },
    );
    const fragment = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom(
        ...PROTOTYPE_WORDS,
        ...FACET_NAMES.map((name) => `${name}:`),
        '"',
        ' ',
        '#drive',
        '6ES7',
        '-',
        'NO',
        'motor',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 30 }),
        fc.integer(),
        fc.integer(),
        (fragments, limit, offset) => {
          const result = index.search(fragments.join(''), {
            limit: Math.abs(limit),
            offset: Math.abs(offset),
          });
          expect(result.total).toBeLessThanOrEqual(2);
          expect(result.hits.length).toBeLessThanOrEqual(result.total);
          for (const { score } of result.hits) expect(Number.isFinite(score)).toBe(true);
        },
      ),
      propertyRuns(170),
    );
  });

  it('bounds the work of a huge query', () => {
    const index = indexOf({ id: 'a', content: 'motor' });
    const huge = [
      'motor '.repeat(200_000),
      'a'.repeat(1_000_000),
      '"'.repeat(1_000_000),
      'manufacturer:x '.repeat(100_000),
      `manufacturer:${' '.repeat(1_000_000)}`,
      Array.from({ length: 100_000 }, (_, i) => `unknownword${'abcdefgh'[i % 8]}`).join(' '),
      '1-'.repeat(500_000),
    ];
    for (const query of huge) expect(index.search(query).terms.length).toBeLessThan(100);
    expect(index.search('manufacturer:x '.repeat(100_000)).unknownFilters.length).toBeLessThanOrEqual(20);
  });

  it('reads endless groups of digits in one pass', () => {
    const index = indexOf({ id: 'digits', content: '000,'.repeat(200_000) });
    expect(idsFor(index, '000')).toEqual(['digits']);
  });

  it('indexes whatever text there is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 300 }),
        fc.string({ unit: anyCharacter, maxLength: 50 }),
        (content, keyword) => {
          const index = indexOf({ id: 'a', content, keywords: [keyword], title: content });
          expect(index.size).toBe(1);
          expect(index.search(content).total).toBeLessThanOrEqual(1);
        },
      ),
      propertyRuns(100),
    );
  });
});
