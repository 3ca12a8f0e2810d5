import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../../functions/search/spelling.ts';
import { idsFor, indexOfTexts } from './small-corpus.ts';

const MOTOR = 'The motor overheats during communication.';
const index = indexOfTexts(MOTOR, 'The valve leaks.', 'Proximity sensors flicker.');

describe('typing errors', () => {
  it.each([
    ['motr', 'motor'],
    ['mottor', 'motor'],
    ['omtor', 'motor'],
    ['vlave', 'valve'],
    ['comunication', 'communication'],
    ['communicaton', 'communication'],
    ['proximty', 'proximity'],
    ['flikcer', 'flicker'],
  ])('%s is read as %s, and offered', (typed, meant) => {
    const result = index.search(typed);
    expect(result.total).toBe(1);
    expect(result.didYouMean).toBe(meant);
  });

  it('offers the whole query with only the unknown words respelled', () => {
    expect(index.search('Why does the motr  leak? type:fault').didYouMean).toBe(
      'Why does the motor leak? type:fault',
    );
  });

  it('are not looked for in words that the index knows', () => {
    const close = indexOfTexts('counter', 'counted', 'encounter');
    const result = close.search('encounter');
    expect(result.total).toBe(1);
    expect(result.didYouMean).toBeUndefined();
  });

  it('are not guessed at in short words and in numbers', () => {
    for (const query of ['mot', 'val', '12345']) expect(index.search(query)).toMatchObject({ total: 0 });
  });

  it.each(['thank you', 'thanks', 'please', 'a road to the house'])(
    'are not seen in everyday English that the index lacks: %s',
    (query) => {
      const close = indexOfTexts('The tank leaks.', 'Read the horse.', 'Release the plate.', 'A hall.');
      const result = close.search(query);
      expect(result).toMatchObject({ total: 0, terms: [] });
      expect(result.didYouMean).toBeUndefined();
    },
  );

  it('are not seen when most of the query makes no sense', () => {
    for (const query of ['moteur motr demarre', 'motr xylophone', 'el motr xylophone de la bomba'])
      expect(index.search(query), query).toMatchObject({ total: 0 });
    expect(index.search('motr xylophone').didYouMean).toBeUndefined();
    expect(index.search('leaking motr xylophone')).toMatchObject({
      total: 2,
      didYouMean: 'leaking motor xylophone',
    });
    expect(index.search('please explain the motr').didYouMean).toBe('please explain the motor');
  });

  it('leave what is too far away unknown', () => {
    expect(index.search('xylophone').didYouMean).toBeUndefined();
    expect(idsFor(index, 'xylophone motor')).toEqual([MOTOR]);
  });
});

describe('editDistance', () => {
  it('counts a letter added, dropped or changed, and two swapped, as one slip each', () => {
    expect(editDistance('motor', 'motor', 3)).toBe(0);
    expect(editDistance('motor', 'mtoor', 3)).toBe(1);
    expect(editDistance('motor', 'rotor', 3)).toBe(1);
    expect(editDistance('motor', 'motors', 3)).toBe(1);
    expect(editDistance('kitten', 'sitting', 3)).toBe(3);
    expect(editDistance('', 'abc', 3)).toBe(3);
  });

  it('is symmetric, zero only for equals, and above the limit only when it says so', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(words, words, fc.nat(8), (a, b, limit) => {
        const full = editDistance(a, b, 20);
        expect(full).toBe(editDistance(b, a, 20));
        expect(full === 0).toBe(a === b);
        const bounded = editDistance(a, b, limit);
        if (full <= limit) expect(bounded).toBe(full);
        else expect(bounded).toBeGreaterThan(limit);
      }),
    );
  });
});
