import { getEventListeners, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { ConsumerEvent } from '../../functions/lease/events.ts';
import { StandingLease } from '../../functions/lease/standing-lease.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import { createWorld, failing, gate, SKEW_MS, type TestProcess, type World } from './world.ts';

const TERM_MS = 15_000;
const lease = { epoch: 1, partition: 0 };

function startPoller(
  world: World,
  holder: string,
  clock = world.clock,
  sdkAttempts = 1,
): { process: TestProcess; standing: StandingLease } {
  let standing: StandingLease | undefined;
  const process = world.start(holder, {
    clock,
    sdkAttempts,
    grants: (context, layout) => (standing = new StandingLease({ ...context, layout, termMs: TERM_MS })),
  });
  if (standing === undefined) throw new Error('the process has no grants');
  return { process, standing };
}

/** Another life of a process's lease: as after a loss, when it drains and starts again. */
const again = ({ context, layout }: TestProcess) =>
  new StandingLease({ ...context, layout, termMs: TERM_MS });

/** One round of the keeper: it sleeps a third of the term, and renews. */
async function keepOnce(world: World, standing: StandingLease, process: TestProcess): Promise<void> {
  const stop = new AbortController();
  const kept = standing.keepDuring(() => once(stop.signal, 'abort'));
  const seen = process.events.length;
  world.clock.advance(TERM_MS / 3);
  await expect.poll(() => process.events.length).toBeGreaterThan(seen);
  stop.abort();
  await kept;
}

describeOnEveryStore('a standing lease', (store) => {
  it('takes every partition, names no update, and costs one claim and one settlement an update', async () => {
    const world = await createWorld(store, 3);
    const { process, standing } = startPoller(world, 'poller');
    expect(await standing.take(0)).toBeUndefined();
    const tokens = standing.tokens.toSorted((a, b) => a.partition - b.partition);
    expect(tokens).toStrictEqual([0, 1, 2].map((partition) => ({ partition, fencingToken: 1 })));
    for (let partition = 0; partition < 3; partition += 1) {
      expect(await world.leases.read({ epoch: 1, partition })).toMatchObject({
        holder: 'poller',
        updateId: undefined,
        expiresAtMs: world.clock.wallMs() + TERM_MS,
      });
    }
    process.traffic.reset();
    for (const updateId of [1, 2, 3]) {
      expect(await process.deliver(updateId, { chat: updateId })).toStrictEqual({ kind: 'done' });
    }
    expect(process.traffic.kinds()).toStrictEqual(['claim', 'settle', 'claim', 'settle', 'claim', 'settle']);
  });

  it('is refused while a webhook consumer is busy, and taken at once when it is idle', async () => {
    const world = await createWorld(store);
    const webhook = world.start('webhook');
    const { standing } = startPoller(world, 'poller');
    const [begun, end] = [gate(), gate()];
    webhook.on(async () => {
      begun.open();
      await end.opened;
    });
    const handling = webhook.deliver(1);
    await begun.opened;
    expect(await standing.take(0)).toStrictEqual({
      kind: 'busy',
      holder: 'webhook',
      retryAfterMs: 1_000,
    });
    end.open();
    await handling;
    expect(await standing.take(0)).toBeUndefined();
  });

  it('takes all partitions or none: what it got is released when one is busy, and when the store fails', async () => {
    const world = await createWorld(store, 2);
    const { process: other, dies } = world.doomed('webhook');
    // Chat 2 is in partition 1: see layout.test.ts.
    void other.deliver(1, { chat: 2 });
    await dies;
    const { process, standing } = startPoller(world, 'poller');
    expect(await standing.take(0)).toMatchObject({ kind: 'busy', holder: 'webhook' });
    expect(await world.leases.read(lease)).toMatchObject({ holder: undefined, fencingToken: 1 });
    expect(standing.tokens).toStrictEqual([]);

    process.traffic.after('acquire', () => process.traffic.loseBefore('acquire'));
    await expect(standing.take(0)).rejects.toThrow(StoreUnavailableError);
    expect(await world.leases.read(lease)).toMatchObject({ holder: undefined, fencingToken: 2 });
  });

  it('does not count as taken when taking the last partition has outlived the first', async () => {
    const world = await createWorld(store, 2);
    const { process, standing } = startPoller(world, 'poller');
    process.traffic.after('acquire', () => {
      process.traffic.after('acquire', () => world.clock.advance(TERM_MS - SKEW_MS));
    });
    expect(await standing.take(0)).toStrictEqual({ kind: 'busy', retryAfterMs: 0 });
    for (const partition of [0, 1]) {
      expect(await world.leases.read({ epoch: 1, partition })).toMatchObject({ holder: undefined });
    }
  });

  it('is not handed over between two updates: others wait for its release or its expiry', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    await process.deliver(1);
    const webhook = world.start('webhook');
    expect(await webhook.deliver(1)).toStrictEqual({
      kind: 'busy',
      holder: 'poller',
      retryAfterMs: TERM_MS + SKEW_MS,
    });
    expect(await webhook.deliver(2)).toMatchObject({ kind: 'busy' });
    await standing.release();
    expect(process.events.at(-1)).toStrictEqual({ type: 'released', partition: 0, fencingToken: 1 });
    expect(await webhook.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await webhook.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(await process.deliver(3)).toMatchObject({ kind: 'busy' });
  });

  it('runs out after a crash, one term and the margin later', async () => {
    const world = await createWorld(store);
    const { standing } = startPoller(world, 'poller');
    await standing.take(0);
    const webhook = world.start('webhook');
    world.clock.advance(TERM_MS + SKEW_MS);
    expect(await webhook.deliver(1)).toMatchObject({ kind: 'busy' });
    world.clock.advance(1);
    expect(await webhook.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(webhook.events.at(-2)).toMatchObject({ type: 'expired-takeover', previousHolder: 'poller' });
  });

  it('is renewed each third of its term under the same token, for as long as it is kept', async () => {
    const world = await createWorld(store, 2);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    const stop = new AbortController();
    const kept = standing.keepDuring(() => once(stop.signal, 'abort'));
    for (let round = 1; round <= 5; round += 1) {
      world.clock.advance(TERM_MS / 3);
      await expect
        .poll(() => process.events.filter(({ type }) => type === 'renewed'))
        .toHaveLength(2 * round);
    }
    expect(await world.leases.read(lease)).toMatchObject({
      fencingToken: 1,
      expiresAtMs: world.clock.wallMs() + TERM_MS,
    });
    expect(await process.deliver(1)).toStrictEqual({ kind: 'done' });
    stop.abort();
    await kept;
  });

  it.each(['loseBefore', 'loseAnswer'] as const)(
    'is lost by a renewal whose outcome stays unknown (%s), and what is in hand is handed back',
    async (lose) => {
      const world = await createWorld(store);
      const { process, standing } = startPoller(world, 'poller');
      await standing.take(0);
      const begun = gate();
      process.on((_, tenure) =>
        tenure.run((signal) => {
          begun.open();
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
          });
        }),
      );
      const outcome = process.deliver(1);
      await begun.opened;
      process.traffic[lose]('renew');
      await keepOnce(world, standing, process);
      expect(standing.lost.aborted).toBe(true);
      expect(await outcome).toStrictEqual({
        kind: 'deferred',
        reason: 'lease-lost',
        retryAfterMs: undefined,
      });
      expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', attempts: 0 });
      expect(await process.deliver(2)).toMatchObject({ kind: 'busy' });
      expect(process.events).toContainEqual({
        type: 'lost',
        partition: 0,
        fencingToken: 1,
        reason: 'the renewal was not confirmed by the store',
      });
      // Started again, the same process need not wait for its own former self.
      expect(await again(process).take(0)).toBeUndefined();
    },
  );

  it('knows its own renewal and its own release again when the first answer to them was lost', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller', world.clock, 3);
    await standing.take(0);
    process.traffic.loseAnswer('renew');
    await keepOnce(world, standing, process);
    expect(standing.lost.aborted).toBe(false);
    process.traffic.loseAnswer('release');
    await standing.release();
    expect(process.events.map(({ type }) => type)).toStrictEqual(['acquired', 'renewed', 'released']);
  });

  it('starts no tenure once it is lost, though the update was claimed before', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.traffic.before('claim', async () => {
      process.traffic.loseBefore('renew');
      await keepOnce(world, standing, process);
    });
    expect(await process.deliver(1)).toMatchObject({ kind: 'deferred', reason: 'lease-lost' });
    expect(process.handled).toStrictEqual([]);
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 0 });
  });

  it('is lost by a renewal that finds another holder, or a forced release', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    const force = { key: lease, expectedToken: 1, attemptId: 'operator', by: 'me', reason: 'test' };
    await world.leases.forceRelease({ ...force, nowMs: world.clock.wallMs() });
    await keepOnce(world, standing, process);
    expect(standing.lost.aborted).toBe(true);
    expect(process.events.at(-1)).toMatchObject({ type: 'lost', reason: 'held by nobody now' });
    const webhook = world.start('webhook');
    expect(await webhook.deliver(1)).toStrictEqual({ kind: 'done' });
    await standing.release();
    expect(process.events.at(-1)).toMatchObject({ type: 'lost', reason: 'taken over before the release' });
    expect(await world.leases.read(lease)).toMatchObject({ holder: 'webhook' });
  });

  it('handles nothing once it has lapsed unrenewed, and goes on when a renewal shows that nobody took it', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    world.clock.freeze(TERM_MS - SKEW_MS);
    expect(await process.deliver(1)).toMatchObject({ kind: 'busy', retryAfterMs: TERM_MS / 3 });
    expect(await world.ledger.read(1)).toBeUndefined();
    await keepOnce(world, standing, process);
    expect(await process.deliver(1)).toStrictEqual({ kind: 'done' });
  });

  it('counts its term from before the acquire left, however late the answer is', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    process.traffic.after('acquire', () => world.clock.advance(TERM_MS / 2));
    await standing.take(0);
    world.clock.advance(TERM_MS / 2 - SKEW_MS - 1);
    expect(standing.hasLapsed).toBe(false);
    world.clock.advance(1);
    expect(standing.hasLapsed).toBe(true);
  });

  it('counts its term from before a renewal left, however late the answer is', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.traffic.after('renew', () => world.clock.advance(TERM_MS / 2));
    await keepOnce(world, standing, process);
    world.clock.advance(TERM_MS / 2 - SKEW_MS - 1);
    expect(standing.hasLapsed).toBe(false);
    world.clock.advance(1);
    expect(standing.hasLapsed).toBe(true);
  });

  it('takes a new token before it tries an update again, so that the former attempt is fenced', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await process.deliver(1)).toMatchObject({ kind: attempt < 5 ? 'failed' : 'parked' });
      expect(await world.ledger.read(1)).toMatchObject({ fencingToken: attempt });
    }
    expect(await world.leases.read(lease)).toMatchObject({
      holder: 'poller',
      fencingToken: 5,
      updateId: undefined,
    });
    process.on(async () => {});
    process.traffic.reset();
    expect(await process.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(process.traffic.kinds()).toStrictEqual(['claim', 'settle']);
    expect(await process.deliver(2)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    await keepOnce(world, standing, process);
    expect(process.events.at(-1)).toMatchObject({ type: 'renewed', fencingToken: 6 });
  });

  it('remembers no more than ten thousand updates under one token', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.traffic.reset();
    for (let updateId = 1; updateId <= 10_000; updateId += 1)
      expect(await standing.acquire({ updateId, key: lease })).toMatchObject({ fencingToken: 1 });
    expect(process.traffic.kinds()).toStrictEqual([]);
    expect(await standing.acquire({ updateId: 10_001, key: lease })).toMatchObject({ fencingToken: 2 });
  });

  it('keeps nothing of an update that has ended', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    const acquire = vi.spyOn(standing, 'acquire');
    for (let updateId = 1; updateId <= 3; updateId += 1) await process.deliver(updateId);
    const { lost } = (await acquire.mock.results[0]?.value) as { lost: AbortSignal };
    expect(getEventListeners(lost, 'abort')).toEqual([]);
  });

  it('lasts a term from when a new token was asked for', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.on(async () => {
      throw failing();
    });
    await process.deliver(1);
    world.clock.advance(TERM_MS / 2);
    await process.deliver(1);
    world.clock.advance(TERM_MS - SKEW_MS - 1);
    expect(standing.hasLapsed).toBe(false);
    world.clock.advance(1);
    expect(standing.hasLapsed).toBe(true);
  });

  it('tries an update again under a new token whose claim stayed unknown', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.traffic.loseAnswer('claim');
    expect(await process.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(await process.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ fencingToken: 2, attempts: 1 });
  });

  it('is lost when the new token stays unknown, and when another is busy under the lease', async () => {
    for (const taken of [false, true]) {
      const world = await createWorld(store);
      const clock = new TestClock();
      const { process, standing } = startPoller(world, 'poller', clock);
      await standing.take(0);
      process.on(async () => {
        throw failing();
      });
      await process.deliver(1);
      if (taken) {
        world.clock.advance(TERM_MS + SKEW_MS + 1);
        const { process: webhook, dies } = world.doomed('webhook');
        void webhook.deliver(2);
        await dies;
        expect(await process.deliver(1)).toMatchObject({ kind: 'busy' });
      } else {
        process.traffic.loseAnswer('acquire');
        expect(await process.deliver(1)).toStrictEqual({ kind: 'unavailable' });
      }
      expect(standing.lost.aborted).toBe(true);
      expect(process.events.filter(({ type }) => type === 'lost')).toHaveLength(1);
    }
  });

  it('cannot settle what another has claimed after its expiry', async () => {
    const world = await createWorld(store);
    const clock = new TestClock();
    const { process, standing } = startPoller(world, 'poller', clock);
    await standing.take(0);
    const [begun, end] = [gate(), gate()];
    process.on(async () => {
      begun.open();
      await end.opened;
    });
    const late = process.deliver(1);
    await begun.opened;
    world.clock.advance(TERM_MS + SKEW_MS + 1);
    expect(await world.start('webhook').deliver(1)).toStrictEqual({ kind: 'done' });
    end.open();
    expect(await late).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });

  it('does not report its own release as a loss while a renewal is under way', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    const stop = new AbortController();
    let released: Promise<void> | undefined;
    process.traffic.before('renew', () => {
      stop.abort();
      released = standing.release();
      // Time enough for a release that would not wait its turn to land first.
      return sleep(100);
    });
    const kept = standing.keepDuring(() => once(stop.signal, 'abort'));
    world.clock.advance(TERM_MS / 3);
    await kept;
    await released;
    expect(process.events.map(({ type }) => type)).toStrictEqual(['acquired', 'renewed', 'released']);
    expect(await world.leases.read(lease)).toMatchObject({ holder: undefined, expiresAtMs: 0 });
  });

  it('releases the token that it was granted while it waited for its turn to release', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    process.on(async () => {
      throw failing();
    });
    await process.deliver(1);
    let released: Promise<void> | undefined;
    process.traffic.before('acquire', () => void (released = standing.release()));
    await process.deliver(1);
    await released;
    expect(process.events).toContainEqual({ type: 'released', partition: 0, fencingToken: 2 });
    expect(await world.leases.read(lease)).toMatchObject({ holder: undefined, fencingToken: 2 });
  });

  it('is taken whole by one of two that begin at once, and by none in part', async () => {
    const world = await createWorld(store, 20);
    const pollers = ['one', 'two'].map((holder) => startPoller(world, holder).standing);
    const replies = await Promise.all(pollers.map((standing) => standing.take(0)));
    expect(replies.filter((reply) => reply === undefined)).toHaveLength(1);
    const tokens = pollers.map((standing) => standing.tokens.length);
    expect(tokens.sort((a, b) => a - b)).toStrictEqual([0, 20]);
  });

  it('is lost by a defect of a renewal, which is thrown once the work under it has ended', async () => {
    const world = await createWorld(store);
    const { process } = startPoller(world, 'poller');
    const emit = (event: ConsumerEvent): void => {
      if (event.type === 'renewed') throw new TypeError('a defect');
    };
    const standing = new StandingLease({
      ...process.context,
      layout: process.layout,
      termMs: TERM_MS,
      emit,
    });
    await standing.take(0);
    const kept = standing.keepDuring(() => once(standing.lost, 'abort'));
    world.clock.advance(TERM_MS / 3);
    await expect(kept).rejects.toThrow('a defect');
    await standing.release();
    expect(await world.leases.read(lease)).toMatchObject({ holder: undefined });
  });

  it('ends what is in hand when it is released, before anybody else can take it', async () => {
    const world = await createWorld(store);
    const { process, standing } = startPoller(world, 'poller');
    await standing.take(0);
    const begun = gate();
    let isOver: boolean | undefined;
    process.on((_, tenure) => {
      process.traffic.before('release', () => {
        isOver = tenure.lapsed;
      });
      begun.open();
      return new Promise(() => {});
    });
    const outcome = process.deliver(1);
    await begun.opened;
    await standing.release();
    expect(isOver).toBe(true);
    expect(await outcome).toMatchObject({ kind: 'deferred', reason: 'lease-lost' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 0 });

    // The same instance may take it again, as one does that was refused a partition.
    process.on(async () => {});
    expect(await standing.take(0)).toBeUndefined();
    expect(await process.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it('refuses a term that its own margins would use up', () => {
    const context = { skewMs: 1_000 } as ConstructorParameters<typeof StandingLease>[0];
    expect(() => new StandingLease({ ...context, termMs: 3_000 })).toThrow(
      'termMs (3000) must exceed 3 times skewMs (1000)',
    );
  });
});
