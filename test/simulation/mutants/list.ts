import { GRANT_MUTANTS } from './of/grant.ts';
import { LAYOUT_MUTANTS } from './of/layout.ts';
import { CLAIM_MUTANTS } from './of/claim.ts';
import { SETTLING_MUTANTS } from './of/settling.ts';
import { TENURE_MUTANTS } from './of/tenure.ts';
import { POISON_MUTANTS } from './of/poison.ts';
import { PARKED_MUTANTS } from './of/parked.ts';
import { EFFECT_MUTANTS } from './of/effects.ts';
import { STANDING_LEASE_MUTANTS } from './of/standing.ts';
import { POLLING_MUTANTS } from './of/polling.ts';
import { WIRE_MUTANTS } from './of/wire.ts';
import { STORE_MUTANTS } from './of/store.ts';
import { ANSWER_MUTANTS } from './of/answers.ts';
import { BESIDE_MUTANTS } from './of/beside.ts';
import type { Mutant } from './mutant.ts';

/** Every way in which `npm run mutants` breaks the protocol. */
export const MUTANTS: Mutant[] = [
  ...GRANT_MUTANTS,
  ...LAYOUT_MUTANTS,
  ...CLAIM_MUTANTS,
  ...SETTLING_MUTANTS,
  ...TENURE_MUTANTS,
  ...POISON_MUTANTS,
  ...PARKED_MUTANTS,
  ...STANDING_LEASE_MUTANTS,
  ...WIRE_MUTANTS,
  ...POLLING_MUTANTS,
  ...EFFECT_MUTANTS,
  ...ANSWER_MUTANTS,
  ...STORE_MUTANTS,
  ...BESIDE_MUTANTS,
];
