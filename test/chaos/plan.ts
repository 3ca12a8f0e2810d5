import { pick, seededRandom } from '../fixtures/random.ts';

/** The faults that can befall a run. Every kind comes round once before any comes again. */
export const FAULT_KINDS = [
  'kill',
  'kill after the claim',
  'kill after the call',
  'pause',
  'pause after the claim',
  'pause before the settle',
  'stop gracefully',
  'stop the store',
  'freeze the store',
  'cut the store',
  'slow store',
  'cut the Bot API',
  'slow Bot API',
  'Bot API refuses',
  'Bot API hangs',
  'cut the webhook',
  'deliver copies',
  'competing poller',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface PlannedFault {
  atMs: number;
  kind: FaultKind;
  /** Which consumer it strikes, where it strikes one. */
  slot: number;
  /** How long it lasts, where it lasts. */
  forMs: number;
}

/** The same plan for the same seed; what the processes make of it differs from run to run. */
export function planFaults(options: {
  seed: number;
  durationMs: number;
  consumers: number;
  /** A lease with the skew margin: a fault that lasts, lasts about as long. */
  termMs: number;
  /** Between the beginnings of two faults, on average. */
  everyMs: number;
}): PlannedFault[] {
  const { seed, durationMs, consumers, termMs, everyMs } = options;
  const random = seededRandom(seed);
  const plan: PlannedFault[] = [];
  let left: FaultKind[] = [];
  for (let atMs = everyMs * random(); atMs < durationMs; atMs += everyMs * (0.5 + random())) {
    if (left.length === 0) left = [...FAULT_KINDS];
    const kind = pick(random, left);
    left = left.filter((each) => each !== kind);
    const slot = Math.floor(random() * consumers);
    // A pause that tells nothing is one shorter than the lease.
    const forMs = kind.startsWith('pause') ? termMs * (1.1 + random()) : termMs * (0.2 + random() * 0.6);
    plan.push({ atMs: Math.round(atMs), kind, slot, forMs: Math.round(forMs) });
  }
  return plan;
}
