import { violations } from './checks/all.ts';
import type { Violation } from './checks/violation.ts';
import type { Plan } from './plan.ts';
import type { Decide } from './world/store-wire.ts';
import { borrowTimers } from './world/platform-timers.ts';
import { World } from './world/world.ts';

export interface Simulated {
  world: World;
  violations: Violation[];
}

/** Runs one history and checks it. An error that the code under test should not throw is a violation too. */
export async function simulate(
  plan: Plan,
  scenario: { decide?: Decide; prepare?: (world: World) => void } = {},
): Promise<Simulated> {
  const world = new World(plan, scenario.decide);
  const thrown: Violation[] = [];
  const onRejection = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    thrown.push({ check: 'defect', atMs: world.timeline.nowMs, text });
  };
  process.on('unhandledRejection', onRejection);
  const giveTimersBack = borrowTimers();
  try {
    await world.run(() => scenario.prepare?.(world));
    await new Promise((resolve) => setImmediate(resolve));
  } catch (error) {
    onRejection(error);
  } finally {
    giveTimersBack();
    process.off('unhandledRejection', onRejection);
  }
  return { world, violations: [...thrown, ...violations(world)] };
}
