import type { Bounds } from './state.ts';

export const SMALL: Bounds = {
  consumers: 2,
  spares: 0,
  updates: 2,
  deliveries: 1,
  faults: 1,
  expiries: 1,
  failures: 0,
  stuck: 0,
  releases: 0,
  replays: 0,
  maxAttempts: 2,
};

const TWICE: Bounds = { ...SMALL, updates: 1, deliveries: 2, failures: 1 };

/** Nothing is lost and nobody is late: only the order in which things happen is open. */
const IN_ORDER: Bounds = { ...SMALL, faults: 0, expiries: 0 };

/**
 * Every clause that can be taken away from the model, in the words of functions/lease/README.md, with an instance that
 * breaks a promise without it.
 */
export const CLAUSES = {
  'acquire: expired beyond the margin': SMALL,
  'acquire: mine, with my own last token': { ...SMALL, updates: 3, expiries: 0 },
  'acquire: over the very token that was read as settled': { ...IN_ORDER, updates: 3 },
  'acquire: the token rises': SMALL,
  'claim: not what is done': TWICE,
  'claim: over a lower token only': TWICE,
  'claim of unknown outcome: nothing begins': SMALL,
  'begin: not after the tenure has lapsed': TWICE,
  'call: the guard': SMALL,
  'settle: under my token': TWICE,
  'settle: after every call is in': { ...SMALL, stuck: 1 },
  'settled: under the lease’s own token': { ...IN_ORDER, deliveries: 2, failures: 1 },
  'settled: a death of before the grant is none': { ...IN_ORDER, failures: 1, maxAttempts: 1, replays: 1 },
  'answer: 2xx when the outcome is in the store': SMALL,
  'replay: the record that the operator saw': {
    ...SMALL,
    consumers: 1,
    updates: 1,
    expiries: 0,
    failures: 2,
    maxAttempts: 1,
    replays: 1,
  },
} satisfies Record<string, Bounds>;

export type Clause = keyof typeof CLAUSES;
