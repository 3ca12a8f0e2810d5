import { describe, expect, it } from 'vitest';
import { TenureOverError, type Tenure } from '../../functions/lease/tenure.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import { createWorld, DEADLINE_MS, gate, SKEW_MS, vanish } from './world.ts';

const lease = { epoch: 1, partition: 0 };

describeOnEveryStore('one consumer (G1)', (store) => {
  it('is answered busy while another handles an update: come back after as long as that has taken, or when it expires', async () => {
    const world = await createWorld(store);
    const a = world.doomed('A');
    const b = world.start('B');
    void a.process.deliver(1);
    await a.dies;
    world.clock.advance(2_000);
    expect(await b.deliver(2)).toStrictEqual({
      kind: 'busy',
      holder: 'A',
      retryAfterMs: 2_000,
    });
    expect(b.handled).toStrictEqual([]);
    expect(b.events).toMatchObject([{ type: 'contended', partition: 0, updateId: 2, holder: 'A' }]);
    const waits: number[] = [];
    let waitMs = 2_000;
    for (;;) {
      // A lease can be taken over right after the millisecond in which it expires.
      world.clock.advance(Math.max(1, waitMs));
      const outcome = await b.deliver(2);
      if (outcome.kind !== 'busy') break;
      waits.push((waitMs = outcome.retryAfterMs));
    }
    expect(waits).toStrictEqual([4_000, 5_000, 0]);
  });

  it('refuses every effect from the skew margin before expiry on, and tells its calls by a signal', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const told = gate<Tenure>();
    const lapsed = gate();
    a.on(async (_, tenure) => {
      tenure.signal.addEventListener('abort', () => lapsed.open());
      told.open(tenure);
      await new Promise(() => {});
    });
    const outcome = a.deliver(1);
    const tenure = await told.opened;
    world.clock.advance(DEADLINE_MS - SKEW_MS - 1);
    await expect(tenure.run(async () => 'sent')).resolves.toBe('sent');
    expect(tenure.signal.aborted).toBe(false);
    world.clock.advance(1);
    await lapsed.opened;
    await expect(tenure.run(async () => 'sent')).rejects.toThrow(TenureOverError);
    expect(await outcome).toStrictEqual({ kind: 'deferred', reason: 'deadline', retryAfterMs: undefined });
  });

  it('refuses the effects of a process that was frozen past its lease, though no timer has fired', async () => {
    const world = await createWorld(store);
    const clock = new TestClock();
    const a = world.start('A', { clock });
    const told = gate<Tenure>();
    const thawed = gate();
    a.on(async (_, tenure) => {
      told.open(tenure);
      await thawed.opened;
      await tenure.run(async () => {});
    });
    const outcome = a.deliver(1);
    const tenure = await told.opened;
    clock.freeze(DEADLINE_MS);
    expect(() => tenure.assertHeld()).toThrow(TenureOverError);
    thawed.open();
    expect(await outcome).toMatchObject({ kind: 'deferred', reason: 'deadline' });
  });

  it('has the ledger writes of a lapsed consumer rejected, once its update was claimed under a higher token', async () => {
    const world = await createWorld(store);
    const clock = new TestClock();
    const [a, b] = [world.start('A', { clock }), world.start('B')];
    const begun = gate();
    const thawed = gate();
    a.on(async () => {
      begun.open();
      await thawed.opened;
    });
    const late = a.deliver(1);
    await begun.opened;
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    const settled = await world.ledger.read(1);
    thawed.open();
    expect(await late).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(await world.ledger.read(1)).toStrictEqual(settled);
    expect(a.events).toContainEqual({ type: 'fenced', updateId: 1, fencingToken: 1, at: 'settle' });
  });

  it('answers a fenced consumer 5xx while the one that took over has not settled yet', async () => {
    const world = await createWorld(store);
    const clock = new TestClock();
    const [a, b] = [world.start('A', { clock }), world.start('B')];
    const [begun, thawed] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await thawed.opened;
    });
    const late = a.deliver(1);
    await begun.opened;
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    const taken = vanish(b);
    void b.deliver(1);
    await taken;
    thawed.open();
    expect(await late).toStrictEqual({ kind: 'fenced' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'claimed', fencingToken: 2, holder: 'B' });
  });

  it('refuses a late continuation of a settled update for ever, though its process holds the lease again', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const tenures: Tenure[] = [];
    a.on(async (_, tenure) => {
      tenures.push(tenure);
      const [first] = tenures;
      if (first !== tenure) await expect(first?.run(async () => {})).rejects.toThrow('already settled');
      await tenure.run(async () => {});
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(tenures).toHaveLength(2);
    for (const tenure of tenures) expect(() => tenure.assertHeld()).toThrow('already settled');
  });

  it('handles one update of a lease at a time inside one process, in order of arrival', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    let active = 0;
    let most = 0;
    a.on(async () => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
    });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((id) => a.deliver(id)));
    expect(outcomes).toStrictEqual(Array(5).fill({ kind: 'done' }));
    expect(a.handled).toStrictEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(1);
  });

  it('handles different partitions side by side, and the same chat always in the same one', async () => {
    const world = await createWorld(store, 2);
    const a = world.start('A');
    // Chat 1 and chat 2 fall into different partitions: see the vectors in layout.test.ts.
    const begun = vanish(a);
    void a.deliver(1, { chat: 1 });
    await begun;
    a.on(async () => {});
    expect(await a.deliver(2, { chat: 2 })).toStrictEqual({ kind: 'done' });
    const b = world.start('B');
    expect(await b.deliver(3, { chat: 1 })).toMatchObject({ kind: 'busy', holder: 'A' });
    expect(await b.deliver(4, { chat: 2 })).toStrictEqual({ kind: 'done' });
  });

  it('turns away what has waited half its deadline in the queue of its own process', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const [begun, end] = [gate(), gate()];
    a.on(async ({ update_id: id }) => {
      if (id !== 1) return;
      begun.open();
      await end.opened;
    });
    const first = a.deliver(1);
    await begun.opened;
    const [short, long] = [a.deliver(2, { deadlineMs: 3_000 }), a.deliver(3)];
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(1_501);
    end.open();
    expect(await first).toStrictEqual({ kind: 'done' });
    expect(await short).toStrictEqual({ kind: 'busy', retryAfterMs: 1_000 });
    expect(await long).toStrictEqual({ kind: 'done' });
    expect(a.handled).toStrictEqual([1, 3]);
  });

  it('grants nothing for an invocation with no time left, and asks the store for nothing', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.layout.current();
    a.traffic.reset();
    for (const deadlineMs of [0, SKEW_MS, -5]) {
      expect(await a.deliver(1, { deadlineMs })).toMatchObject({ kind: 'busy' });
    }
    expect(a.traffic.kinds()).toStrictEqual([]);
  });

  it('raises the token with every grant, to whichever process', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    for (const [index, consumer] of [a, a, b, a, b, b].entries()) {
      expect(await consumer.deliver(index + 1)).toStrictEqual({ kind: 'done' });
      expect(await world.leases.read(lease)).toMatchObject({ fencingToken: index + 1 });
      expect(await world.ledger.read(index + 1)).toMatchObject({ fencingToken: index + 1 });
    }
  });
});

describeOnEveryStore('a layout that cannot be used', (store) => {
  it('grants nothing where a lease item is missing, and creates none', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const missing = { epoch: 7, partition: 0 };
    await world.leases.writeLayout({ epoch: 7, partitions: 1, mapping: 1 }, 1);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(await world.leases.read(missing)).toBeUndefined();
    expect(await world.ledger.read(1)).toBeUndefined();
    expect(a.events).toMatchObject([
      { type: 'partition-stopped', because: 'missing' },
      { type: 'store-unavailable', during: 'layout', updateId: 1 },
    ]);
  });

  it('refuses a mapping that this version does not know', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await world.leases.writeLayout({ epoch: 2, partitions: 1, mapping: 99 }, 1);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
    expect(a.handled).toStrictEqual([]);
  });
});

describe('the test clock', () => {
  it('calls back in order of time, and what is cancelled never', () => {
    const clock = new TestClock();
    const calls: string[] = [];
    clock.after(20, () => calls.push('late'));
    clock.after(10, () => {
      calls.push('early');
      clock.after(5, () => calls.push('chained'));
    });
    clock.after(15, () => calls.push('never'))();
    clock.advance(20);
    expect(calls).toStrictEqual(['early', 'chained', 'late']);
  });
});
