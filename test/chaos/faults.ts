import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../fixtures/random.ts';
import type { ConsumerSlot } from './consumer-slot.ts';
import type { FaultKind, PlannedFault } from './plan.ts';
import type { StoreWrite } from './record.ts';
import type { Exchange, Fate } from './wire.ts';
import { PEACE, TOKEN, type Interference, type World } from './world.ts';

interface Strike extends PlannedFault {
  world: World;
  random: () => number;
  termMs: number;
  struck: ConsumerSlot;
}

/** Lets one fault happen, and resolves when it is over. */
export async function strike(
  fault: PlannedFault,
  options: { world: World; random: () => number; termMs: number },
): Promise<void> {
  const struck = options.world.slots[fault.slot];
  if (struck === undefined) throw new Error(`There is no consumer ${fault.slot}`);
  await FAULTS[fault.kind]({ ...fault, ...options, struck });
}

const FAULTS: Record<FaultKind, (strike: Strike) => Promise<void>> = {
  kill: async ({ struck }) => struck.kill(),
  'kill after the claim': (strike) => onLanded(strike, isClaim, (slot) => slot.kill()),
  'kill after the call': (strike) => {
    const kill = once((slot: number) => slotOf(strike, slot).kill());
    return during(strike, { called: kill });
  },
  pause: (strike) => pause(strike, strike.struck),
  'pause after the claim': (strike) => onLanded(strike, isClaim, (slot) => pause(strike, slot)),
  'pause before the settle': (strike) => {
    const act = once((slot: number) => pause(strike, slotOf(strike, slot)));
    return during(strike, {
      storeAsked: (slot, exchange) => {
        if (isSettling(exchange)) act(slot);
      },
    });
  },
  'stop gracefully': async ({ struck }) => struck.terminate(),
  'stop the store': async ({ world, forMs }) => {
    await world.store.kill();
    await sleep(forMs);
    await world.store.start();
  },
  'freeze the store': async ({ world, forMs }) => {
    world.store.pause();
    await sleep(forMs);
    world.store.resume();
  },
  'cut the store': (strike) => during(strike, { store: cuts(strike, 0.25) }),
  'slow store': (strike) => during(strike, { store: slowness(strike) }),
  'cut the Bot API': (strike) => during(strike, { botApi: cuts(strike, 0.5) }),
  'slow Bot API': (strike) => during(strike, { botApi: slowness(strike) }),
  'Bot API refuses': async ({ world, random }) => {
    const kinds = [
      { kind: 'too-many-requests', retryAfter: 1 },
      { kind: 'internal-error' },
      { kind: 'bad-gateway' },
      { kind: 'bad-gateway', processed: true },
      { kind: 'reset' },
    ] as const;
    for (const kind of kinds)
      world.server.fault({ fault: kind, method: 'sendMessage', times: 1 + Math.floor(random() * 2) });
  },
  'Bot API hangs': async ({ world, random }) => {
    const processed = random() < 0.5;
    world.server.fault({ fault: { kind: 'hang', processed }, method: 'sendMessage' });
  },
  'cut the webhook': (strike) => {
    const fate = cuts(strike, 0.4);
    return during(strike, { webhook: (exchange) => fate(strike.slot, exchange) });
  },
  'deliver copies': async ({ world, random }) => {
    const ids = world.server
      .deliveries()
      .slice(-12)
      .map(({ updateId }) => updateId);
    await Promise.all(
      [...new Set(ids)].map((id) => world.server.redeliver(id, { copies: Math.ceil(random() * 3) })),
    );
  },
  'competing poller': async ({ world, forMs }) => {
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      const response = await fetch(`${world.server.apiRoot}/bot${TOKEN}/getUpdates`);
      if (response.status !== 409) throw new Error(`A poller beside the webhook got ${response.status}`);
      await sleep(100);
    }
  },
};

const isClaim = ({ kind }: StoreWrite): boolean => kind === 'claim';
const isSettling = ({ body }: Exchange): boolean => body.includes('SET #status = :status');

const slotOf = ({ world }: Strike, slot: number): ConsumerSlot => world.slots[slot]!;

async function pause({ forMs }: Strike, slot: ConsumerSlot): Promise<void> {
  slot.pause();
  await sleep(forMs);
  slot.resume();
}

/** The next write of that kind, by any consumer, is the last thing that its consumer gets to know. */
function onLanded(
  strike: Strike,
  matches: (write: StoreWrite) => boolean,
  act: (slot: ConsumerSlot) => unknown,
): Promise<void> {
  const actOnce = once((slot: number) => act(slotOf(strike, slot)));
  return during(strike, {
    landed: (slot, write) => {
      if (matches(write)) actOnce(slot);
    },
  });
}

function once(act: (slot: number) => unknown): (slot: number) => void {
  let acted = false;
  return (slot) => {
    if (acted) return;
    acted = true;
    act(slot);
  };
}

/** Replaces part of the interference while the fault lasts. */
async function during(strike: Strike, changed: Partial<Interference>): Promise<void> {
  const { interference } = strike.world;
  Object.assign(interference, changed);
  await sleep(strike.forMs);
  for (const name of Object.keys(changed) as (keyof Interference)[]) {
    // Another fault may have taken its place meanwhile.
    if (interference[name] === changed[name]) Object.assign(interference, { [name]: PEACE[name] });
  }
}

function cuts({ random }: Strike, share: number): (slot: number, exchange: Exchange) => Fate {
  return () => (random() < share ? pick(random, CUTS) : { kind: 'pass' });
}

const CUTS: readonly Fate[] = [{ kind: 'lose-request' }, { kind: 'lose-answer' }, { kind: 'cut-answer' }];

/** Sometimes by more than the whole lease. */
function slowness({ random, termMs }: Strike): (slot: number, exchange: Exchange) => Fate {
  return () => {
    if (random() < 0.5) return { kind: 'pass' };
    const delayMs = random() < 0.1 ? termMs * 1.5 : random() * termMs * 0.2;
    return random() < 0.5 ? { kind: 'slow-request', delayMs } : { kind: 'slow-answer', delayMs };
  };
}
