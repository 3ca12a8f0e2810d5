import type { Plan, Step } from './plan.ts';
import {
  callFate,
  CLOCK_BOUND_MS,
  deliveryFate,
  heldUp,
  many,
  pauseLeftMs,
  planOutages,
  rareFates,
  requestFate,
  slowCalls,
} from './draw-faults.ts';
import { STORE_PARTS } from './world/fates.ts';
import { TRUE_CLOCK, type ClockFault } from './world/machine.ts';
import { Random } from './world/random.ts';
import { WELL_BEHAVED, type Behaviour, type PlannedUpdate } from './world/updates.ts';

/** The kinds of trouble: a history mostly has one, so that each is met often, and now and then all of them. */
const PROFILES = [
  'calm',
  'network',
  'crashes',
  'freezes',
  'clocks',
  'margins',
  'wild-clocks',
  'telegram',
  'slow-telegram',
  'outages',
  'poison',
  'operators',
  'standing',
  'reuse',
  'mixed',
] as const;

export type Profile = (typeof PROFILES)[number];

const WEEK_MS = 7 * 24 * 3_600_000;
const ALWAYS = 1_000_000;
/** As many as a deployment has. A few chats hardly ever share one of so many, so most histories have few. */
const MANY_PARTITIONS = [8, 32, 100] as const;

export function generate(seed: number, only?: Profile): Plan {
  const random = new Random(seed);
  const wide = random.fork(seed);
  const hasMany = wide.chance(0.08);
  const partitionsOf = (few: number): number =>
    hasMany && wide.chance(0.6) ? wide.pick(MANY_PARTITIONS) : few;
  const profile = only ?? random.pick(PROFILES);
  const has = (...profiles: Profile[]): boolean => profiles.includes(profile) || profile === 'mixed';
  // Clocks and the pause between guard and wire share the margins: what the ones leave the other may use up.
  const boundMs = random.pick([CLOCK_BOUND_MS, CLOCK_BOUND_MS, 800, 500, 0]);
  const heldUpMs = has('wild-clocks') ? 5_000 : pauseLeftMs(boundMs);
  const updates = planUpdates(random, has);
  const steps: Plan['steps'] = [];
  const add = (from: number, to: number, step: Step): void =>
    void steps.push({ atMs: random.whole(from, to), step });

  if (has('freezes', 'clocks', 'wild-clocks')) {
    for (let n = random.whole(0, 2); n > 0; n -= 1) add(100, 20_000, freeze(random));
  }
  if (has('clocks', 'wild-clocks')) {
    for (let n = random.whole(0, 3); n > 0; n -= 1) {
      const errorMs = has('wild-clocks') ? random.whole(-40_000, 40_000) : random.whole(-boundMs, boundMs);
      add(0, 25_000, { do: 'set-clock', which: random.whole(0, 5), errorMs });
    }
  }
  if (has('crashes')) for (let n = random.whole(0, 2); n > 0; n -= 1) add(100, 20_000, kill(random));
  if (random.chance(0.4)) planCanary(random, add);
  if (has('operators')) {
    planOperators(random, add, partitionsOf);
    planLastChanges(steps);
    planLostLayout(random.fork(seed + 1), steps);
  }
  if (has('standing') && (profile === 'standing' || random.chance(0.4))) planPollers(random, add);
  if (has('poison')) planReplays(random, updates, steps);
  if (profile === 'reuse') planReuse(random, updates, steps);

  const polls = steps.some(({ step }) => step.do === 'poller-start');
  const isCalm = profile === 'calm';
  const kills = has('crashes', 'standing', 'operators', 'poison');
  const freezes = has('freezes', 'clocks', 'wild-clocks', 'standing');
  return {
    seed,
    profile,
    front: random.pick(['lambda', 'lambda', 'server', 'both']),
    partitions: partitionsOf(random.pick([1, 1, 1, 2, 3])),
    maxEnvironments: random.whole(1, 4),
    maxConnections: random.pick([1, 2, 5, 40]),
    webhook: !polls || random.chance(0.4),
    returnsItemOnFailure: random.chance(0.7),
    clocksWithinBound: !has('wild-clocks'),
    clocks: isCalm ? [] : Array.from({ length: 4 }, () => planClock(random, boundMs, has('wild-clocks'))),
    updates,
    requestFates: isCalm
      ? []
      : many(random, has('network', 'standing', 'crashes') ? 7 : 3, 70, () =>
          requestFate(random, { kills, freezes }),
        ),
    purposeFates: isCalm
      ? []
      : rareFates(random, has('operators', 'poison', 'standing') ? 0.4 : 0.1, { kills, freezes }),
    callFates: isCalm
      ? []
      : profile === 'slow-telegram'
        ? slowCalls(random)
        : profile === 'margins'
          ? many(random, 12, 12, () => heldUp(random, Math.max(1, heldUpMs)))
          : many(random, has('telegram') ? 6 : 2, 16, () =>
              callFate(random, { kills, freezes, ...(freezes && { heldUpMs }) }),
            ),
    pollFates: polls ? many(random, 4, 30, () => callFate(random, { kills, freezes })) : [],
    deliveryFates: isCalm
      ? []
      : many(random, has('network', 'freezes') ? 4 : 1, 20, () => deliveryFate(random)),
    storeOutages: has('outages') ? planOutages(random, STORE_PARTS) : [],
    telegramOutages: has('outages', 'telegram') ? planOutages(random) : [],
    steps: steps.sort((a, b) => a.atMs - b.atMs),
  };
}

type Add = (from: number, to: number, step: Step) => void;
type Has = (...profiles: Profile[]) => boolean;

function planUpdates(random: Random, has: Has): PlannedUpdate[] {
  const chats = random.whole(1, 4);
  const first = random.whole(1, 1_000);
  let atMs = random.whole(0, 500);
  return Array.from({ length: random.whole(2, 9) }, (_, index): PlannedUpdate => {
    atMs += random.chance(0.5) ? random.whole(0, 30) : random.whole(0, 4_000);
    return {
      update_id: first + index,
      generation: 1,
      atMs,
      chat: random.whole(1, chats),
      kind: random.pick(['message', 'message', 'message', 'message', 'callback_query', 'inline_query']),
      behaviour: planBehaviour(random, has),
    };
  });
}

function planBehaviour(random: Random, has: Has): Behaviour {
  const calls = random.pick([0, 1, 1, 2, 3]);
  const behaviour = { ...WELL_BEHAVED, calls, thinkMs: random.pick([0, 10, 10, 200]) };
  if (has('calm')) return behaviour;
  const afterCalls = random.whole(0, calls);
  if (random.chance(0.1)) behaviour.thinkMs = random.pick([1_500, 4_000]);
  if (has('poison') && random.chance(0.3)) {
    // Six are enough to be parked, and to be done after a replay or two.
    const times = random.pick([1, 2, 6, ALWAYS]);
    if (random.chance(0.5)) behaviour.throws = { times, afterCalls };
    else behaviour.crashes = { times, afterCalls };
  }
  if (has('freezes', 'poison', 'telegram') && random.chance(0.1))
    behaviour.hangs = { times: random.whole(1, 2), afterCalls };
  if (has('margins') && random.chance(0.4)) {
    behaviour.lingers = { times: random.whole(1, 2), untilLastMs: random.pick([1, 5, 20, 100]) };
    behaviour.thinkMs = 0;
  }
  if (random.chance(0.1)) behaviour.forgetsLastCall = true;
  if (has('telegram') && random.chance(0.15)) behaviour.stubborn = true;
  if (has('telegram', 'outages') && random.chance(0.1))
    behaviour.slowReads = { times: random.pick([1, 3, 7]), forMs: random.pick([2_000, 6_000]) };
  if (random.chance(0.1)) behaviour.typesForMs = random.pick([50, 450, 1_500]);
  if (random.chance(0.08)) behaviour.callsAgainAfterMs = random.pick([0, 5, 100, 3_000]);
  return behaviour;
}

function planClock(random: Random, boundMs: number, wild: boolean): ClockFault {
  const offsetMs = random.pick([0, -boundMs, boundMs, random.whole(-boundMs, boundMs)]);
  return {
    ...TRUE_CLOCK,
    offsetMs: wild && random.chance(0.5) ? random.whole(-40_000, 40_000) : offsetMs,
    driftMsPerSecond: random.pick([0, -20, 20]),
    driftCeilingMs: boundMs,
    monotonicWhileFrozen: random.chance(0.5),
  };
}

function planCanary(random: Random, add: Add): void {
  add(0, 8_000, { do: 'shift', share: 0.5 });
  add(8_000, 16_000, { do: 'shift', share: random.pick([0, 1]) });
}

function planOperators(random: Random, add: Add, partitionsOf: (few: number) => number): void {
  const partitions = (): Step => ({ do: 'partitions', count: partitionsOf(random.whole(1, 3)) });
  if (random.chance(0.7)) add(0, 15_000, partitions());
  if (random.chance(0.5)) add(0, 15_000, partitions());
  if (random.chance(0.3)) add(15_000, 40_000, partitions());
  for (let n = random.whole(0, 3); n > 0; n -= 1) {
    const evenIfLive = random.chance(0.7);
    add(0, 20_000, { do: 'force-release', partition: random.whole(0, 2), evenIfLive });
  }
  if (random.chance(0.5)) add(100, 20_000, kill(random));
  // An operator runs a change of the layout again until it succeeds, since nothing is granted half-way through it.
  for (const atMs of [70_000, 110_000, 150_000, 950_000, 1_200_000, 1_500_000]) add(atMs, atMs, partitions());
}

/** Where faults have hit every change so far, the last one is run again: each fault is drawn once. */
function planLastChanges(steps: Plan['steps']): void {
  const last = steps.findLast(({ step }) => step.do === 'partitions');
  if (last === undefined) return;
  for (const atMs of [2_400_000, 3_300_000]) steps.push({ ...last, atMs });
}

/** Somebody loses it, and the next start or deployment would begin a new one. */
function planLostLayout(random: Random, steps: Plan['steps']): void {
  if (!random.chance(0.25)) return;
  const atMs = random.whole(500, 25_000);
  steps.push({ atMs, step: { do: 'lose-layout', isRestored: random.chance(0.3) } });
  for (let n = random.whole(1, 2); n > 0; n -= 1) {
    const count = random.whole(1, 3);
    steps.push({ atMs: atMs + random.whole(0, 4_000), step: { do: 'activate', count } });
  }
  if (random.chance(0.5))
    steps.push({
      atMs: atMs + random.whole(0, 8_000),
      step: { do: 'partitions', count: random.whole(1, 3) },
    });
}

/** Whether there is a webhook decides who is given an update; it is set and deleted while others are at work. */
function planPollers(random: Random, add: Add): void {
  for (let poller = 1; poller <= random.whole(1, 2); poller += 1) {
    add(0, 10_000, { do: 'poller-start', poller, standsBy: random.chance(0.4) });
    add(10_000, 45_000, { do: 'poller-stop', poller });
  }
  if (random.chance(0.6)) add(0, 12_000, { do: 'webhook', isSet: false });
  if (random.chance(0.3)) add(5_000, 30_000, { do: 'webhook', isSet: true });
  // Whatever is left is somebody's in the end.
  add(60_000, 60_000, { do: 'webhook', isSet: true });
  if (random.chance(0.5)) add(2_000, 25_000, freeze(random));
  if (random.chance(0.4)) add(2_000, 25_000, kill(random));
}

function planReplays(random: Random, updates: PlannedUpdate[], steps: Plan['steps']): void {
  for (const { update_id: updateId } of updates) {
    if (!random.chance(0.3)) continue;
    // Again and again: what is replayed may fail, or be given up half-way.
    for (let n = random.whole(1, 3); n > 0; n -= 1) {
      const deliveries = random.pick([0, 1, 1, 20]);
      const step: Step = random.chance(0.8)
        ? { do: 'replay', updateId, deliveries }
        : { do: 'drop', updateId };
      steps.push({ atMs: random.whole(5_000, random.pick([60_000, 2_400_000, 9_000_000])), step });
    }
  }
}

/** A quiet week, after which Telegram gives out ids that it has given out before. */
function planReuse(random: Random, updates: PlannedUpdate[], steps: Plan['steps']): void {
  const again = updates.filter(() => random.chance(0.7));
  const gapMs = WEEK_MS + random.whole(0, 3_600_000);
  if (random.chance(0.5)) steps.push({ atMs: gapMs - 1_000, step: { do: 'expire' } });
  for (const update of again) {
    // Ids are given out without regard to chats, so that another partition may get it, with tokens of its own.
    const chat = random.whole(1, 4);
    updates.push({ ...update, chat, generation: 2, atMs: update.atMs + gapMs, behaviour: WELL_BEHAVED });
  }
  if (random.chance(0.5)) steps.push({ atMs: gapMs + random.whole(0, 20_000), step: { do: 'expire' } });
}

function freeze(random: Random): Step {
  return {
    do: 'freeze',
    which: random.whole(0, 5),
    forMs: random.pick([500, 3_000, 12_500, 14_500, 40_000]),
  };
}

function kill(random: Random): Step {
  return { do: 'kill', which: random.whole(0, 5) };
}
