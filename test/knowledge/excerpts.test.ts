import { describe, expect, it } from 'vitest';
import type { Atom } from '../../functions/knowledge/atom.ts';
import { Excerpts } from '../../functions/knowledge/excerpts.ts';
import { CorruptSnapshotError } from '../../functions/search/port.ts';
import { manyAtoms } from '../fixtures/many-atoms.ts';

const SAMPLE = [...manyAtoms(1)][0]!;
const atom = (content: string): Atom => ({ ...SAMPLE, summary: 'Summary.', content });

/** As a reader has them. */
function excerptsOf(atoms: Iterable<Atom>): Excerpts {
  const builder = Excerpts.builder();
  for (const each of atoms) builder.add(each);
  return new Excerpts(builder.build().serialise());
}

describe('the excerpts of a version', () => {
  it('hold few atoms whole, in their order, with white space folded', () => {
    const excerpts = excerptsOf([atom('one\n\ttwo\u2028three'), atom('é 😀'), atom('')]);
    expect([-1, 0, 1, 2, 3].map((row) => excerpts.at(row))).toEqual([
      undefined,
      'Summary. one two three',
      'Summary. é 😀',
      'Summary.',
      undefined,
    ]);
  });

  it('share a million characters, and are cut before a word', () => {
    const long = atom('word '.repeat(1_000));
    const excerpts = excerptsOf(Array.from({ length: 1_000 }, () => long));
    for (const row of [0, 999]) {
      expect(excerpts.at(row)).toMatch(/^Summary\. (word )+word…$/);
      expect(excerpts.at(row)!.length).toBeGreaterThan(990);
      expect(excerpts.at(row)!.length).toBeLessThanOrEqual(1_000);
    }
  });

  it('have at least what a snippet takes, however many there are', () => {
    const excerpts = excerptsOf(Array.from({ length: 20_000 }, () => atom('word '.repeat(100))));
    expect(excerpts.size).toBe(20_000);
    expect(excerpts.at(19_999)!.length).toBeGreaterThan(190);
    expect(excerpts.at(19_999)!.length).toBeLessThanOrEqual(200);
  });

  it('cut no character in two', () => {
    const emoji = { ...SAMPLE, summary: '', content: '😀'.repeat(500_001) };
    for (const content of [emoji.content, `x${emoji.content}`])
      expect(excerptsOf([{ ...emoji, content }]).at(0)).toMatch(/^x?(?:😀)+…$/u);
  });

  it('hold what is shared of an atom, whole', () => {
    const warned = { ...atom('one\n\ttwo'), safety_level: 'danger' as const, safety_notes: 'Lock\nit out. ' };
    const excerpts = excerptsOf([warned, { ...warned, safety_level: 'caution' }, { ...warned, summary: '' }]);
    const shared = { summary: 'Summary.', safetyNotes: 'Lock it out.', excerpt: 'Summary. one two' };
    expect([0, 1, 2, 3].map((row) => excerpts.briefAt(row))).toEqual([
      shared,
      { ...shared, safetyNotes: '' },
      { ...shared, summary: '', excerpt: 'one two' },
      undefined,
    ]);
  });

  it('hold no part of a summary or a warning for which there is no room beside a snippet', () => {
    const warned = (notes: number): Atom => ({
      ...atom('word '.repeat(100)),
      safety_level: 'danger',
      safety_notes: 'x'.repeat(notes),
    });
    const wordy = { ...atom(''), summary: 'word '.repeat(200) };
    const many = Array.from({ length: 4_000 }, () => atom('word '.repeat(100)));
    const excerpts = excerptsOf([warned(50), warned(51), wordy, ...many].slice(0, 4_000));
    expect(excerpts.briefAt(0)?.safetyNotes).toBe('x'.repeat(50));
    expect(excerpts.at(0)!.length).toBeGreaterThan(190);
    expect([1, 2].map((row) => excerpts.briefAt(row))).toEqual([undefined, undefined]);
    expect(excerpts.at(1)!.length).toBeGreaterThan(240);
  });

  it('of an earlier snapshot hold the excerpt alone', () => {
    const excerpts = new Excerpts(Buffer.from('Summary. one\n'));
    expect([excerpts.at(0), excerpts.briefAt(0)]).toEqual(['Summary. one', undefined]);
  });

  it('are refused when they are cut off', () => {
    expect(() => new Excerpts(Buffer.from('one\ntw'))).toThrow(CorruptSnapshotError);
  });
});
