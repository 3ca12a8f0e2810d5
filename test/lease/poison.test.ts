import { expect, it } from 'vitest';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import { createWorld, failing, gate, GRACE_MS, HOUR_MS, Judged, updateOf, type World } from './world.ts';

/** The update is handled and its process is killed, `times` times; the lease expires after each. */
async function crash(world: World, updateId: number, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    const { process, dies } = world.doomed(`crashing-${time}`);
    void process.deliver(updateId);
    await dies;
    world.clock.advance(14_000);
  }
}

describeOnEveryStore('poison (G5)', (store) => {
  it('is parked by its fifth failure: dead with its payload, reported, listed and answered as settled', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw failing('cannot parse');
    });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      expect(await a.deliver(1)).toStrictEqual({ kind: 'failed', error: 'cannot parse' });
    }
    expect(await a.deliver(1)).toStrictEqual({ kind: 'parked', error: 'cannot parse' });
    expect(a.events.at(-1)).toMatchObject({ type: 'parked', updateId: 1, attempt: 5, error: 'cannot parse' });
    expect(await world.ledger.listDead({ limit: 10 })).toMatchObject([
      { updateId: 1, status: 'dead', attempts: 5, error: 'cannot parse' },
    ]);
    expect(await world.ledger.payload(1)).toStrictEqual(updateOf(1));
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'dead' });
    expect(a.handled).toHaveLength(5);
  });

  it('is dead also to a holder that was followed while it handled, and comes to settle after the parking', async () => {
    const world = await createWorld(store);
    const a = world.start('A', { clock: new TestClock(world.clock.wallMs()) });
    const b = world.start('B');
    const [begun, end] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await end.opened;
    });
    b.on(async () => {
      throw failing();
    });
    const late = a.deliver(1);
    await begun.opened;
    world.clock.advance(GRACE_MS);
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      expect(await b.deliver(1)).toMatchObject({ kind: 'failed' });
    }
    expect(await b.deliver(1)).toMatchObject({ kind: 'parked' });
    end.open();
    expect(await late).toStrictEqual({ kind: 'duplicate', of: 'dead' });
  });

  it('lets other updates through between its attempts', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async ({ update_id: id }) => {
      if (id === 1) throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await a.deliver(1);
      expect(await a.deliver(10 + attempt)).toStrictEqual({ kind: 'done' });
    }
  });

  it('is whatever a handler throws, before its first await too', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(() => {
      throw new TypeError('thrown at once');
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'failed', error: 'TypeError: thrown at once' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('is parked however long its errors are', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw failing('x'.repeat(500_000));
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    const record = await world.ledger.read(1);
    expect(record).toMatchObject({ status: 'dead', error: 'x'.repeat(500) });
    expect(record?.history).toHaveLength(5);
  });

  it.each(['telegram', 'store', 'lease-lost'] as const)(
    'is not what is handed back because of %s, however often',
    async (reason) => {
      const world = await createWorld(store);
      const a = world.start('A');
      const deferred = { kind: 'deferred', reason, retryAfterMs: 7_000 } as const;
      a.on(async () => {
        throw new Judged(deferred);
      });
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        expect(await a.deliver(1)).toStrictEqual(deferred);
        world.clock.advance(GRACE_MS);
      }
      expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', attempts: 0, failures: 0 });
      a.on(async () => {});
      expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
      expect(a.events.at(-1)).toMatchObject({ type: 'done', attempt: 1 });
    },
  );

  it('counts only its own failures where they mix with hand-backs', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      a.on(async () => {
        throw new Judged({ kind: 'deferred', reason: 'telegram' });
      });
      await a.deliver(1);
      a.on(async () => {
        throw failing();
      });
      expect(await a.deliver(1)).toMatchObject({ kind: attempt < 5 ? 'failed' : 'parked' });
    }
  });

  it('is done, not poison, where a refusal is no fault', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw new Judged({ kind: 'done' });
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });

  it('has its last attempt only ten minutes after the first where four have vanished, and is parked when that vanishes too', async () => {
    const world = await createWorld(store);
    const startedAtMs = world.clock.wallMs();
    await crash(world, 1, 4);
    const a = world.start('A');
    const remainingMs = startedAtMs + GRACE_MS - world.clock.wallMs();
    for (let delivery = 1; delivery <= 3; delivery += 1) {
      expect(await a.deliver(1)).toStrictEqual({
        kind: 'deferred',
        reason: 'cooling',
        retryAfterMs: remainingMs,
      });
    }
    expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', attempts: 4, failures: 0 });
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
    world.clock.advance(remainingMs - 1);
    expect(await a.deliver(1)).toMatchObject({ kind: 'deferred', reason: 'cooling', retryAfterMs: 1 });
    world.clock.advance(1);
    await crash(world, 1, 1);
    expect(await a.deliver(1)).toMatchObject({ kind: 'parked' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'dead', attempts: 6, failures: 0 });
    expect(await world.ledger.payload(1)).toStrictEqual(updateOf(1));
    expect(a.handled).toStrictEqual([2]);
  });

  it('is not what was never begun, since the ledger confirmed no claim of it for minutes', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    // The layout is known by then.
    await a.deliver(2);
    a.traffic.loseAnswer('claim', Infinity);
    a.traffic.loseAnswer('read', Infinity);
    for (let delivery = 1; delivery <= 8; delivery += 1) {
      expect(await a.deliver(1)).toStrictEqual({ kind: 'unavailable' });
      world.clock.advance(14_000);
    }
    a.traffic.heal();
    expect(await a.deliver(1)).toMatchObject({ kind: 'deferred', reason: 'cooling' });
    world.clock.advance(GRACE_MS);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(a.handled).toStrictEqual([2, 1]);
  });

  it('has its ten minutes from the first attempt that counts, not from one that was handed back', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw new Judged({ kind: 'deferred', reason: 'telegram' });
    });
    await a.deliver(1);
    world.clock.advance(2 * GRACE_MS);
    const startedAtMs = world.clock.wallMs();
    await crash(world, 1, 4);
    const retryAfterMs = startedAtMs + GRACE_MS - world.clock.wallMs();
    expect(await a.deliver(1)).toStrictEqual({ kind: 'deferred', reason: 'cooling', retryAfterMs });
  });

  it('is parked by a failure of its last attempt, which it has only after ten minutes where some vanished', async () => {
    const world = await createWorld(store);
    await crash(world, 1, 4);
    const a = world.start('A');
    a.on(async () => {
      throw failing();
    });
    expect(await a.deliver(1)).toMatchObject({ kind: 'deferred', reason: 'cooling' });
    expect(a.handled).toStrictEqual([]);
    world.clock.advance(GRACE_MS);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'parked', error: 'it broke' });
    expect(a.handled).toStrictEqual([1]);
  });

  it('does not park an update that vanishes three times and then succeeds', async () => {
    const world = await createWorld(store);
    await crash(world, 1, 3);
    const a = world.start('A');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({
      attempts: 4,
      history: [
        { ended: 'vanished', holder: 'crashing-3', fencingToken: 3 },
        { ended: 'done', holder: 'A', fencingToken: 4 },
      ],
    });
  });

  it('deduplicates while Telegram can redeliver it, and is kept longer', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    world.clock.advance(47 * HOUR_MS);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'dead' });
    world.clock.advance(100 * HOUR_MS);
    expect(await world.ledger.payload(1)).toStrictEqual(updateOf(1));
    expect(await world.ledger.listDead({ limit: 1 })).toHaveLength(1);
  });

  it('is handled again after a replay, with all its attempts, and can die again', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    for (const consumer of [a, b]) {
      consumer.on(async () => {
        throw failing();
      });
    }
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    const replay = async (attemptId: string) => {
      const nowMs = world.clock.wallMs();
      const expectedAttemptId = (await world.ledger.read(1))?.attemptId ?? '';
      const dedupeUntilMs = nowMs + 48 * HOUR_MS;
      const keepUntilMs = nowMs + 720 * HOUR_MS;
      return world.ledger.replay({
        updateId: 1,
        expectedAttemptId,
        attemptId,
        nowMs,
        dedupeUntilMs,
        keepUntilMs,
      });
    };
    expect(await replay('r1')).toMatchObject({ kind: 'applied' });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      expect(await b.deliver(1)).toMatchObject({ kind: 'failed' });
      expect(await world.ledger.listDead({ limit: 10 })).toMatchObject([{ updateId: 1, status: 'failed' }]);
      expect(await world.ledger.payload(1)).toStrictEqual(updateOf(1));
    }
    expect(await b.deliver(1)).toMatchObject({ kind: 'parked' });
    expect(await replay('r2')).toMatchObject({ kind: 'applied' });
    b.on(async () => {});
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.listDead({ limit: 10 })).toStrictEqual([]);
    expect(await replay('r3')).toMatchObject({ kind: 'refused', item: { status: 'done' } });
  });
});
