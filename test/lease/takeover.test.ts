import { expect, it, vi } from 'vitest';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { TestClock } from '../fixtures/test-clock.ts';
import { createWorld, DEADLINE_MS, failing, gate, HOUR_MS, Judged, SKEW_MS, vanish } from './world.ts';

const lease = { epoch: 1, partition: 0 };

describeOnEveryStore('takeover (G4)', (store) => {
  it('happens at once after a clean finish, back and forth', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    for (let updateId = 1; updateId <= 6; updateId += 1) {
      const outcome = await (updateId % 2 === 0 ? a : b).deliver(updateId);
      expect(outcome).toStrictEqual({ kind: 'done' });
    }
    expect([...a.events, ...b.events].map(({ type }) => type)).not.toContain('contended');
  });

  it.each([
    ['a failure', failing()],
    ['a hand-back', new Judged({ kind: 'deferred', reason: 'telegram', retryAfterMs: 3_000 })],
  ])('happens at once after %s, for the same update and for others', async (_, thrown) => {
    const world = await createWorld(store);
    const [a, b, c] = [world.start('A'), world.start('B'), world.start('C')];
    a.on(async () => {
      throw thrown;
    });
    await a.deliver(1);
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await c.deliver(1)).toStrictEqual({ kind: 'done' });
  });

  it('happens after a crash not before expiry and margin, and at the next delivery after them', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.doomed('A'), world.start('B')];
    void a.process.deliver(1);
    await a.dies;
    world.clock.advance(DEADLINE_MS + SKEW_MS);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'busy', holder: 'A', retryAfterMs: 0 });
    world.clock.advance(1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(b.events.slice(-2)).toMatchObject([
      { type: 'expired-takeover', previousHolder: 'A', fencingToken: 2 },
      { type: 'done', attempt: 2 },
    ]);
  });

  it('happens at once when the holder is a process of this host that is known to be dead', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.doomed('A'), world.start('B', { holderIsDead: (holder) => holder === 'A' })];
    void a.process.deliver(1);
    await a.dies;
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 2, history: [{ ended: 'vanished' }, {}] });
  });

  it('waits within its budget for a holder that is about to finish', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B', { waitBudgetMs: 1_500 })];
    const [begun, end] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await end.opened;
    });
    const first = a.deliver(1);
    await begun.opened;
    const second = b.deliver(2);
    b.traffic.after('acquire', async () => {
      end.open();
      await first;
    });
    expect(await world.clock.advanceUntil(second)).toStrictEqual({ kind: 'done' });
    expect(await first).toStrictEqual({ kind: 'done' });
    expect(b.events[0]).toMatchObject({ type: 'taken-over' });
  });

  it('happens at once a second time where another came first and has finished as well', async () => {
    const world = await createWorld(store);
    const [a, b, c] = [world.start('A'), world.start('B', { waitBudgetMs: 1_500 }), world.start('C')];
    await a.deliver(1);
    b.traffic.after('acquire', () => {
      b.traffic.before('acquire', async () => {
        expect(await c.deliver(2)).toStrictEqual({ kind: 'done' });
      });
    });
    expect(await world.clock.advanceUntil(b.deliver(3))).toStrictEqual({ kind: 'done' });
    expect(b.events[0]).toMatchObject({ type: 'taken-over', previousHolder: 'C', waitedMs: 0 });
  });

  it('does not wait for an update that another has taken up again: it asks who holds the lease now', async () => {
    const world = await createWorld(store);
    const [a, b, c] = [world.start('A'), world.start('B', { waitBudgetMs: 1_500 }), world.start('C')];
    const [begun, end] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await end.opened;
      throw failing();
    });
    c.on(async () => {
      throw failing();
    });
    const first = a.deliver(1);
    await begun.opened;
    b.traffic.after('acquire', async () => {
      end.open();
      await first;
      expect(await c.deliver(1)).toMatchObject({ kind: 'failed' });
    });
    expect(await world.clock.advanceUntil(b.deliver(2))).toStrictEqual({ kind: 'done' });
    const [follows] = b.events;
    expect(follows).toMatchObject({ type: 'taken-over', previousHolder: 'C', fencingToken: 3 });
    expect(follows?.type === 'taken-over' && follows.waitedMs).toBeLessThan(200);
  });

  it('gives up waiting when its budget is spent: it reads meanwhile, ever more seldom, and asks once more', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.doomed('A'), world.start('B', { waitBudgetMs: 1_500 })];
    void a.process.deliver(1);
    await a.dies;
    const startedAtMs = world.clock.wallMs();
    expect(await world.clock.advanceUntil(b.deliver(2), 400)).toMatchObject({ kind: 'busy', holder: 'A' });
    const waitedMs = world.clock.wallMs() - startedAtMs;
    expect(waitedMs).toBe(1_500);
    const kinds = b.traffic.kinds();
    expect(kinds.filter((kind) => kind === 'acquire')).toHaveLength(2);
    // After ever longer pauses, none of them above 400 ms, of which a draw of 0.5 leaves three quarters.
    const waiting = kinds.lastIndexOf('acquire') - kinds.indexOf('acquire') - 1;
    // A store that leaves the item out of its refusal is asked for it once more.
    expect([8, 9]).toContain(waiting);
  });

  it('is not hurried by a contender whose clock is ahead by the margin', async () => {
    const world = await createWorld(store);
    const clock = new TestClock(world.clock.wallMs() + SKEW_MS);
    const [a, b] = [world.doomed('A'), world.start('B', { clock })];
    void a.process.deliver(1);
    await a.dies;
    clock.advance(DEADLINE_MS);
    expect(await b.deliver(1)).toMatchObject({ kind: 'busy' });
    clock.advance(1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
  });

  it('lets only one of several contenders take over', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.deliver(1);
    const contenders = ['B', 'C', 'D', 'E'].map((holder) => world.start(holder));
    const end = gate();
    for (const contender of contenders) contender.on(() => end.opened);
    const outcomes = contenders.map((contender, index) => contender.deliver(10 + index));
    let busy = 0;
    for (const outcome of outcomes) {
      void outcome.then(({ kind }) => {
        if (kind === 'busy' && (busy += 1) === 3) end.open();
      });
    }
    const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind).sort();
    expect(kinds).toStrictEqual(['busy', 'busy', 'busy', 'done']);
    expect(await world.leases.read(lease)).toMatchObject({ fencingToken: 2 });
  });

  it('does not take an update for settled by an outcome of an older attempt', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.on(async () => {
      throw failing();
    });
    await a.deliver(1);
    // The lease is granted for the failed update again, which is not claimed yet.
    a.traffic.before('claim', async () => {
      expect(await b.deliver(2)).toMatchObject({ kind: 'busy', holder: 'A' });
    });
    expect(await a.deliver(1)).toMatchObject({ kind: 'failed' });
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it('does not take a tenure for over by a namesake of its update, which another partition’s higher token left behind', async () => {
    const world = await createWorld(store, 2);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1, { chat: 2 });
    a.on(async () => {
      throw failing();
    });
    expect(await a.deliver(9, { chat: 2 })).toMatchObject({ kind: 'failed' });
    world.clock.advance(49 * HOUR_MS);
    a.traffic.before('claim', async () => {
      expect(await b.deliver(10, { chat: 1 })).toMatchObject({ kind: 'busy', holder: 'A' });
    });
    expect(await a.deliver(9, { chat: 1 })).toMatchObject({ kind: 'failed' });
    expect(await world.ledger.read(9)).toMatchObject({ fencingToken: 1, attempts: 1 });
  });

  it('happens at once after a duplicate, of what is done and of what is dead', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.on(async ({ update_id: id }) => {
      if (id === 2) throw failing();
    });
    await a.deliver(1);
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(2);
    expect(await b.deliver(3)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(await b.deliver(4)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(2)).toStrictEqual({ kind: 'duplicate', of: 'dead' });
    expect(await b.deliver(5)).toStrictEqual({ kind: 'done' });
  });

  it('does not happen over a dead update that is replayed just before its new delivery claims it', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    const begun = vanish(a);
    a.traffic.before('claim', async () => {
      // B reads the ledger before the replay, and asks for the lease after A's claim.
      b.traffic.after('read', async () => {
        const expectedAttemptId = (await world.ledger.read(1))?.attemptId ?? '';
        const nowMs = world.clock.wallMs();
        const until = { dedupeUntilMs: nowMs + HOUR_MS, keepUntilMs: nowMs + HOUR_MS };
        const replay = { updateId: 1, expectedAttemptId, attemptId: 'operator', nowMs, ...until };
        expect(await world.ledger.replay(replay)).toMatchObject({ kind: 'applied' });
      });
      await b.layout.current();
      expect(await b.deliver(2)).toMatchObject({ kind: 'busy', holder: 'A' });
    });
    void a.deliver(1);
    await begun;
    expect(b.handled).toStrictEqual([]);
  });

  it('happens at once over a late copy of the request of a grant that was given back', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    const acquire = vi.spyOn(a.leases, 'acquire');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'dead' });
    const [asked] = acquire.mock.lastCall ?? [];
    expect(await world.leases.acquire(asked!)).toMatchObject({ kind: 'applied' });
    a.on(async () => {});
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it('happens after expiry where the lease could not be given back', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 5; attempt += 1) await a.deliver(1);
    a.traffic.loseBefore('release');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'dead' });
    expect(a.events.at(-2)).toMatchObject({ type: 'store-unavailable', during: 'give-back' });
    expect(await b.deliver(2)).toMatchObject({ kind: 'busy', holder: 'A' });
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
  });
});
