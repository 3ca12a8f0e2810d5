import { describe, expect, it } from 'vitest';
import { runChaos } from './chaos.ts';
import { reportTable } from './report.ts';
import { FAULT_KINDS } from './plan.ts';
import { packedCommand } from '../cli/packed-command.ts';
import { unavailable, type StoreName } from './stores.ts';

const STORES: readonly { store: StoreName; seed: number; partitions: number }[] = [
  { store: 'dynalite', seed: 1, partitions: 1 },
  { store: 'dynoxide', seed: 2, partitions: 3 },
];

describe('consumers under fire', () => {
  for (const { store, seed, partitions } of STORES) {
    const missing = unavailable(store);
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    it.skipIf(missing !== undefined)(
      `lose nothing on ${store} with ${partitions === 1 ? 'one partition' : `${partitions} partitions`}, and repeat nothing without a reason that the guarantee names${reason}`,
      { timeout: 180_000 },
      async () => {
        const log: string[] = [];
        const report = await runChaos({
          program: await packedCommand(),
          store,
          seed,
          consumers: 3,
          partitions,
          deadlineMs: 1_500,
          skewMs: 150,
          telegramSpeed: 20,
          durationMs: 6_000,
          updates: 50,
          faultEveryMs: 300,
          poisonUnderFire: false,
          drainWithinMs: 120_000,
          say: (line) => log.push(line),
        });
        process.stdout.write(`${store}, seed ${seed}\n${reportTable(report)}\n`);
        expect(report.violations, log.join('\n')).toEqual([]);
        expect(report).toMatchObject({ sent: 51, lost: 0 });
        // The poison, and whatever left as often as it may without being confirmed.
        expect(report.parked).toBeGreaterThanOrEqual(1);
        expect(report.done + report.parked).toBe(51);
        expect(report.faults.size).toBe(FAULT_KINDS.length);
        expect(report.storeWrites).toBeGreaterThan(50 * 3);
      },
    );
  }
});
