import { TIME_SCENARIOS } from './time.ts';
import { CLAIM_SCENARIOS } from './claims.ts';
import { HAND_OVER_SCENARIOS } from './hand-over.ts';
import { OPERATOR_SCENARIOS } from './operators.ts';
import { PARKED_SCENARIOS } from './parked.ts';
import { POISON_SCENARIOS } from './poison.ts';
import { STANDING_SCENARIOS } from './standing.ts';
import { EFFECT_SCENARIOS } from './effects.ts';
import { OUTAGE_SCENARIOS } from './outages.ts';
import type { Scenario } from './scenario.ts';

/** All of them, the longest last. */
export const SCENARIOS: Scenario[] = [
  ...TIME_SCENARIOS,
  ...CLAIM_SCENARIOS,
  ...HAND_OVER_SCENARIOS,
  ...OPERATOR_SCENARIOS,
  ...PARKED_SCENARIOS,
  ...POISON_SCENARIOS,
  ...STANDING_SCENARIOS,
  ...EFFECT_SCENARIOS,
  ...OUTAGE_SCENARIOS,
];
