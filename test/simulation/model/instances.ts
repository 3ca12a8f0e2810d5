import { SMALL } from './clauses.ts';
import type { Bounds } from './state.ts';

/** The instances that `npm run model` explores, each of them whole if it comes to an end. */
export const INSTANCES: { name: string; bounds: Bounds }[] = [
  { name: 'two consumers, two updates, a fault, an expiry', bounds: SMALL },
  { name: 'the same with two faults', bounds: { ...SMALL, faults: 2 } },
  {
    name: 'one update, delivered twice, a failure',
    bounds: { ...SMALL, updates: 1, deliveries: 2, failures: 1 },
  },
  { name: 'a spare, for who is killed', bounds: { ...SMALL, spares: 1 } },
  { name: 'a call that does not end', bounds: { ...SMALL, stuck: 1 } },
  { name: 'a forced release', bounds: { ...SMALL, updates: 1, deliveries: 2, releases: 1 } },
  {
    name: 'an update that is parked and replayed',
    bounds: { ...SMALL, updates: 1, deliveries: 2, faults: 0, failures: 1, replays: 1, maxAttempts: 1 },
  },
];
