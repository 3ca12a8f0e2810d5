import type { World } from '../world/world.ts';
import { copiesAreBounded, whatHasArrivedIsNotRepeated, whatIsDoneWasSent } from './copies.ts';
import { nobodyActsWhileACallIsOut, onlyTheHolderActs } from './effects.ts';
import { idleLeasesAreTaken } from './idle.ts';
import { layoutsFlipWhole, leasesChangeHandsByTheRules } from './leases.ts';
import { ledgerChangesByTheRules, onlyItsOwnTimeIsCounted, onlyPoisonIsParked } from './ledger.ts';
import { outcomesAreKept, outcomesAreTheHandlers } from './outcomes.ts';
import { whatIsParkedStaysFindable } from './parked.ts';
import {
  calmMeansOnce,
  consumptionEndsInTime,
  everythingIsSettled,
  nothingIsThrown,
  poisonIsBounded,
} from './progress.ts';
import { callsAreRepeatedForAReason } from './repeats.ts';
import { pollersWaitAsAsked, waitsAreAskedFor } from './waits.ts';
import type { Check, Violation } from './violation.ts';

const CHECKS: Check[] = [
  onlyTheHolderActs,
  nobodyActsWhileACallIsOut,
  leasesChangeHandsByTheRules,
  layoutsFlipWhole,
  ledgerChangesByTheRules,
  onlyPoisonIsParked,
  onlyItsOwnTimeIsCounted,
  outcomesAreKept,
  outcomesAreTheHandlers,
  whatIsParkedStaysFindable,
  callsAreRepeatedForAReason,
  copiesAreBounded,
  whatHasArrivedIsNotRepeated,
  whatIsDoneWasSent,
  everythingIsSettled,
  consumptionEndsInTime,
  idleLeasesAreTaken,
  waitsAreAskedFor,
  pollersWaitAsAsked,
  nothingIsThrown,
  poisonIsBounded,
  calmMeansOnce,
];

/** Every promise that the history breaks, the earliest first. */
export function violations(world: World): Violation[] {
  return CHECKS.flatMap((check) => check(world)).sort((a, b) => a.atMs - b.atMs);
}
