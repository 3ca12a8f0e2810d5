import { describe, expect, it } from 'vitest';
import { meanNdcg, ndcg } from './search-ndcg.ts';

const judged = new Map([
  ['best', 3],
  ['good', 1],
  ['bad', -1],
]);

describe('nDCG', () => {
  it('is one for the ideal order and zero when nothing relevant is found', () => {
    expect(ndcg(['best', 'good'], judged)).toBe(1);
    expect(ndcg(['bad', 'unknown'], judged)).toBe(0);
  });

  it('discounts by the logarithm of the place, and looks no deeper than asked', () => {
    expect(ndcg(['unknown', 'best', 'good'], judged)).toBeCloseTo(
      (3 / Math.log2(3) + 1 / 2) / (3 + 1 / Math.log2(3)),
    );
    expect(ndcg(['unknown', 'best'], judged, 1)).toBe(0);
  });

  it('is averaged over the queries with a relevant document', () => {
    const queries = ['a', 'b', 'c'].map((id) => ({ id, text: id }));
    const judgments = new Map([
      ['a', judged],
      ['b', judged],
      ['c', new Map([['bad', 0]])],
    ]);
    expect(meanNdcg(queries, judgments, (query) => (query === 'a' ? ['best', 'good'] : []))).toBe(0.5);
  });
});
