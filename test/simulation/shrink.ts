import type { Violation } from './checks/violation.ts';
import type { Plan } from './plan.ts';
import { simulate } from './simulate.ts';
import { TRUE_CLOCK } from './world/machine.ts';
import { WELL_BEHAVED } from './world/updates.ts';

const LISTS = [
  'steps',
  'requestFates',
  'purposeFates',
  'callFates',
  'pollFates',
  'deliveryFates',
  'storeOutages',
  'telegramOutages',
  'updates',
] as const satisfies (keyof Plan)[];

/**
 * Takes away whatever the violation does not need: half of a list at a time, then less, then single elements; then
 * what can be ordinary instead of special. It keeps to the check that failed first.
 *
 * @param most how many histories it may cost
 */
export async function shrink(plan: Plan, violation: Violation, most = 400): Promise<Plan> {
  let smallest = plan;
  let left = most;
  const stillFails = async (candidate: Plan): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const { violations } = await simulate(candidate);
    return violations.some(({ check }) => check === violation.check);
  };
  const attempt = async (candidate: Plan): Promise<boolean> => {
    const fails = await stillFails(candidate);
    if (fails) smallest = candidate;
    return fails;
  };
  for (let before = Infinity; size(smallest) < before && left > 0;) {
    before = size(smallest);
    for (const list of LISTS) {
      for (let chunk = smallest[list].length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
        for (let from = 0; from < smallest[list].length;) {
          const rest = smallest[list].filter(
            (element, index) => index < from || index >= from + chunk || isNeeded(element),
          );
          const removed =
            rest.length < smallest[list].length && (await attempt({ ...smallest, [list]: rest }));
          if (!removed) from += chunk;
        }
      }
    }
    for (const index of smallest.updates.keys()) {
      const updates = smallest.updates.with(index, {
        ...(smallest.updates[index] as Plan['updates'][number]),
        behaviour: WELL_BEHAVED,
      });
      if (JSON.stringify(updates) !== JSON.stringify(smallest.updates))
        await attempt({ ...smallest, updates });
    }
    for (const simpler of [
      { clocks: [TRUE_CLOCK] },
      { partitions: 1 },
      { maxEnvironments: 1 },
      { maxConnections: 40 },
    ]) {
      const candidate = { ...smallest, ...simpler };
      if (JSON.stringify(candidate) !== JSON.stringify(smallest)) await attempt(candidate);
    }
  }
  return smallest;
}

/** A change of layout that died half-way has to be run again: without that, everything waits for ever. */
function isNeeded(element: Plan[(typeof LISTS)[number]][number]): boolean {
  return 'step' in element && element.step.do === 'partitions' && element.atMs >= 60_000;
}

function size(plan: Plan): number {
  const special = plan.updates.filter(
    ({ behaviour }) => JSON.stringify(behaviour) !== JSON.stringify(WELL_BEHAVED),
  );
  return LISTS.reduce((sum, list) => sum + plan[list].length, 0) + special.length + plan.clocks.length;
}
