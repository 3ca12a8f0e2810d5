import { describe, expect, it } from 'vitest';
import { CLAUSES, SMALL, type Clause } from './clauses.ts';
import { explore } from './explore.ts';

/** The whole of it, and the larger instances, are `npm run model`. */
const QUICK: Clause[] = [
  'acquire: the token rises',
  'claim: over a lower token only',
  'claim of unknown outcome: nothing begins',
  'settled: under the lease’s own token',
  'settled: a death of before the grant is none',
  'replay: the record that the operator saw',
];

describe('the model of the protocol', () => {
  it('breaks no promise in any state of a small instance', { timeout: 120_000 }, () => {
    const { states, exhausted, broken } = explore({ ...SMALL, expiries: 0 });
    expect({ exhausted, broken }).toStrictEqual({ exhausted: true, broken: undefined });
    expect(states).toBeGreaterThan(5_000);
  });

  it.each(QUICK)('breaks one without “%s”', (without) => {
    expect(explore(CLAUSES[without], { without }).broken?.promise).toMatch(/^G\d: /);
  });
});
