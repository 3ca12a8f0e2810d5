import { describe, expect, it } from 'vitest';
import {
  inBytes,
  SealedKeys,
  type KeyRange,
  type SealedChange,
} from '../../../functions/local/store/sealed-keys.ts';
import { seededRandom } from '../../fixtures/random.ts';

const byBytes = ([a]: readonly [string, number], [b]: readonly [string, number]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the keys of a store', () => {
  const random = seededRandom(1);
  const under = (limit: number): number => Math.floor(random() * limit);
  /** Made of few letters, so that keys meet again; the last two stand in another order in a language's strings. */
  const key = (): string =>
    Array.from({ length: 1 + under(6) }, () => ['a', 'b', '/', '~', '\u{ff5e}', '\u{1f527}'][under(6)]).join(
      '',
    );

  const rowOf = (truth: Map<string, number>, range: KeyRange): [string, number][] => {
    const at = (a: string, b: string): number => byBytes([a, 0], [b, 0]);
    const { gt, gte, lt, lte, reverse } = range;
    const row = [...truth]
      .sort(byBytes)
      .filter(
        ([each]) =>
          (gte === undefined ? gt === undefined || at(each, gt) > 0 : at(each, gte) >= 0) &&
          (lte === undefined ? lt === undefined || at(each, lt) < 0 : at(each, lte) <= 0),
      );
    return (reverse === true ? row.reverse() : row).map(([each, checksum]) => [inBytes(each), checksum]);
  };

  const range = (): KeyRange => {
    const of = (name: string): object => (random() < 0.3 ? { [name]: key() } : {});
    return { ...of('gt'), ...of('gte'), ...of('lt'), ...of('lte'), reverse: random() < 0.5 };
  };

  it('are those that were written and not deleted, in LevelDB’s order, in each range', () => {
    const truth = new Map(Array.from({ length: 3_000 }, (_, at) => [key(), at]));
    let keys = SealedKeys.of([...truth].sort(byBytes));
    const before = { keys, row: rowOf(truth, {}) };
    for (let round = 0; round < 150; round += 1) {
      // Grows and shrinks in turns, so that chunks are cut in two and vanish.
      const share = Math.floor(round / 30) % 2 === 0 ? 0.2 : 0.9;
      const changes = Array.from({ length: 50 }, (): SealedChange => [
        random() < 0.5 ? key() : ([...truth.keys()][under(truth.size)] ?? key()),
        random() < share ? undefined : under(2 ** 32),
      ]);
      keys = keys.with(changes);
      for (const [each, checksum] of changes)
        if (checksum === undefined) truth.delete(each);
        else truth.set(each, checksum);
      const asked = range();
      expect([asked, [...keys.row(asked)]]).toEqual([asked, rowOf(truth, asked)]);
      const one = key();
      expect(keys.get(one)).toBe(truth.get(one));
    }
    expect([...before.keys.row({})]).toEqual(before.row);
  });

  it('may all go, and come again', () => {
    const none = SealedKeys.of([]);
    expect([...none.row({}), ...none.row({ gt: 'a', reverse: true })]).toEqual([]);
    const one = none.with([['a', 1]]);
    expect([...one.row({ gte: 'a' })]).toEqual([['a', 1]]);
    const gone = one.with([['a', undefined]]);
    expect([...gone.row({}), gone.get('a')]).toEqual([undefined]);
    expect(gone.with([['b', 2]]).get('b')).toBe(2);
  });
});
