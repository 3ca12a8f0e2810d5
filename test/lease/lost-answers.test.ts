import { expect, it } from 'vitest';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { createWorld, DEADLINE_MS, GRACE_MS, gate, SKEW_MS } from './world.ts';

const lease = { epoch: 1, partition: 0 };

describeOnEveryStore('an answer of the store that was lost', (store) => {
  it.each(['acquire', 'claim', 'settle'] as const)(
    'and asked for again by the SDK: an own %s is recognised, and nothing is counted twice',
    async (kind) => {
      const world = await createWorld(store);
      const a = world.start('A', { sdkAttempts: 3 });
      await a.deliver(1);
      a.traffic.loseAnswer(kind);
      expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
      expect(a.traffic.kinds().filter((sent) => sent === kind)).toHaveLength(3);
      expect(a.handled).toStrictEqual([1, 2]);
      expect(await world.leases.read(lease)).toMatchObject({ fencingToken: 2, updateId: 2 });
      expect(await world.ledger.read(2)).toMatchObject({ status: 'done', attempts: 1, failures: 0 });
      a.traffic.reset();
      expect(await a.deliver(3)).toStrictEqual({ kind: 'done' });
      expect(a.traffic.kinds()).toStrictEqual(['acquire', 'claim', 'settle']);
    },
  );

  it('of a claim over a vanished attempt: the attempts are counted as the store has them', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    void process.deliver(1);
    await dies;
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    const a = world.start('A', { sdkAttempts: 3 });
    a.traffic.loseAnswer('claim');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(a.events.at(-1)).toMatchObject({ type: 'done', attempt: 2 });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 2, failures: 0 });
  });

  it('of an acquire: nothing is handled, its process comes back over its own attempt at once, others after expiry', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    a.traffic.loseAnswer('acquire');
    expect(await a.deliver(2)).toStrictEqual({ kind: 'unavailable' });
    expect(a.events.at(-1)).toMatchObject({ type: 'store-unavailable', during: 'acquire', updateId: 2 });
    expect(await world.leases.read(lease)).toMatchObject({ holder: 'A', fencingToken: 2, updateId: 2 });
    expect(await world.ledger.read(2)).toBeUndefined();
    expect(await b.deliver(3)).toMatchObject({ kind: 'busy', holder: 'A' });
    expect(await a.deliver(4)).toStrictEqual({ kind: 'done' });
    expect(a.events.at(-2)).toMatchObject({ type: 'taken-over', previousHolder: 'A', fencingToken: 3 });
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it('of an acquire by a process that never comes back: others take over after expiry', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.loseAnswer('acquire');
    await a.deliver(1);
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(b.events.at(-1)).toMatchObject({ attempt: 1 });
  });

  it('of a claim: the attempt is handed back, and others take over at once', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.loseAnswer('claim');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(a.handled).toStrictEqual([]);
    expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', attempts: 0, failures: 0 });
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(b.events.at(-1)).toMatchObject({ type: 'done', attempt: 1 });
  });

  it('of a claim by a process that cannot hand it back: the attempt counts as vanished after expiry', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.layout.current();
    a.traffic.loseAnswer('claim');
    a.traffic.loseBefore('read');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    for (const consumer of [a, b]) expect(await consumer.deliver(1)).toMatchObject({ kind: 'busy' });
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(b.events.at(-1)).toMatchObject({ attempt: 2 });
  });

  it('of a settlement: not answered as done, a duplicate when it comes again, and handed over at once', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.loseAnswer('settle');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(a.events.at(-1)).toMatchObject({ type: 'store-unavailable', during: 'settle', updateId: 1 });
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await b.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(b.handled).toStrictEqual([2]);
  });
});

describeOnEveryStore('a request that never reached the store', (store) => {
  it('an acquire changes nothing, and the next contends for the lease anew', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.deliver(1);
    const before = await world.leases.read(lease);
    a.traffic.loseBefore('acquire');
    expect(await a.deliver(2)).toStrictEqual({ kind: 'unavailable' });
    expect(await world.leases.read(lease)).toStrictEqual(before);
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(a.events.at(-2)).toMatchObject({ type: 'taken-over', fencingToken: 2 });
  });

  it('a claim leaves no trace of an attempt', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.loseBefore('claim');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(await world.ledger.read(1)).toBeUndefined();
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(b.events.at(-1)).toMatchObject({ attempt: 1 });
  });

  it('a settlement leaves the update claimed until the lease runs out, and it is handled again', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.loseBefore('settle');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    for (const consumer of [a, b]) expect(await consumer.deliver(1)).toMatchObject({ kind: 'busy' });
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 2 });
  });

  it('the layout is read again by the next delivery', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.traffic.loseBefore('read');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
  });
});

describeOnEveryStore('an outage of the store', (store) => {
  it('parks nothing, however long it lasts and however often the update comes', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    a.traffic.loseBefore('any', Number.POSITIVE_INFINITY);
    for (let delivery = 1; delivery <= 10; delivery += 1) {
      expect(await a.deliver(2)).toStrictEqual({ kind: 'unavailable' });
      world.clock.advance(GRACE_MS);
    }
    a.traffic.heal();
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(3)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.listDead({ limit: 1 })).toStrictEqual([]);
    expect(a.handled).toStrictEqual([1, 3]);
  });

  it('whose answers alone are lost parks nothing either', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.layout.current();
    for (let delivery = 1; delivery <= 10; delivery += 1) {
      a.traffic.loseAnswer('claim');
      expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
      world.clock.advance(GRACE_MS);
    }
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(a.events.at(-1)).toMatchObject({ attempt: 1 });
  });
});

describeOnEveryStore('a request that arrives late', (store) => {
  it('an acquire does not take the lease from the one that was granted it meanwhile', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    a.traffic.before('acquire', async () => {
      expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    });
    // Its own token is no longer the lease's, so it contends, and takes over from B's settled update.
    expect(await a.deliver(3)).toStrictEqual({ kind: 'done' });
    expect(a.events.at(-2)).toMatchObject({ type: 'taken-over', previousHolder: 'B', fencingToken: 3 });
  });

  it('a claim is refused under the token of a lease that was taken over', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.traffic.before('claim', async () => {
      world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
      b.on(async () => {
        throw new Error('broken');
      });
      expect(await b.deliver(1)).toMatchObject({ kind: 'failed' });
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'fenced' });
    expect(a.events.at(-1)).toStrictEqual({ type: 'fenced', updateId: 1, fencingToken: 1, at: 'claim' });
    expect(a.handled).toStrictEqual([]);
    expect(await world.ledger.read(1)).toMatchObject({ status: 'failed', fencingToken: 2, attempts: 1 });
  });

  it('a settlement does not land on an update that is being handled again', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    const [begun, end] = [gate(), gate()];
    b.on(async () => {
      begun.open();
      await end.opened;
    });
    let second: ReturnType<typeof b.deliver> | undefined;
    a.traffic.before('settle', async () => {
      world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
      second = b.deliver(1);
      await begun.opened;
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'fenced' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'claimed', fencingToken: 2 });
    end.open();
    expect(await second).toStrictEqual({ kind: 'done' });
  });
});
