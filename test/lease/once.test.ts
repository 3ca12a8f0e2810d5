import { expect, it } from 'vitest';
import { isSettledOutcome } from '../../functions/lease/outcome.ts';
import type { Tenure } from '../../functions/lease/tenure.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { createWorld, DEADLINE_MS, failing, gate, HOUR_MS, SKEW_MS } from './world.ts';

describeOnEveryStore('nothing lost (G2)', (store) => {
  it('answers that an update is done only after the store has confirmed its outcome', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const reached = gate();
    const confirm = gate();
    a.traffic.before('settle', async () => {
      reached.open();
      await confirm.opened;
    });
    let answered = false;
    const outcome = a.deliver(1).finally(() => (answered = true));
    await reached.opened;
    expect(await world.ledger.read(1)).toMatchObject({ status: 'claimed' });
    expect(answered).toBe(false);
    confirm.open();
    expect(await outcome).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'done' });
  });

  it('answers 2xx to what is done, a duplicate or parked, and to nothing else', () => {
    const settled = [
      { kind: 'done' },
      { kind: 'duplicate', of: 'dead' },
      { kind: 'parked', error: 'x' },
    ] as const;
    const open = [
      { kind: 'failed', error: 'x' },
      { kind: 'deferred', reason: 'telegram' },
      { kind: 'busy', retryAfterMs: 1 },
      { kind: 'fenced' },
      { kind: 'unavailable' },
    ] as const;
    expect(settled.map(isSettledOutcome)).toStrictEqual([true, true, true]);
    expect(open.map(isSettledOutcome)).toStrictEqual([false, false, false, false, false]);
  });

  it('handles an update again that failed, until it is done', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    a.on(async () => {
      throw failing('first');
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'failed', error: 'first' });
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({
      status: 'done',
      attempts: 2,
      failures: 1,
      history: [
        { ended: 'failed', holder: 'A', fencingToken: 1, error: 'first' },
        { ended: 'done', holder: 'B', fencingToken: 2 },
      ],
    });
  });
});

describeOnEveryStore('once (G3)', (store) => {
  it('never handles a settled update again, in any process and after any number of other updates', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    await a.deliver(2);
    for (const consumer of [a, b, a]) {
      expect(await consumer.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    }
    expect(a.handled).toStrictEqual([1, 2]);
    expect(b.handled).toStrictEqual([]);
    expect(b.events.at(-1)).toStrictEqual({ type: 'duplicate', updateId: 1, of: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 1 });
  });

  it('goes by equality: ids that fall, jump and come out of order are all handled', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const ids = [500, 499, 900_000_000, 3, 501, 0];
    for (const id of ids) expect(await a.deliver(id)).toStrictEqual({ kind: 'done' });
    expect(a.handled).toStrictEqual(ids);
  });

  it('handles an update once that is delivered twice at the same time, to one process or to two', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    const kinds = await Promise.all([a.deliver(1), a.deliver(1), b.deliver(1)]);
    expect(kinds.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect([...a.handled, ...b.handled]).toStrictEqual([1]);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });

  it('remembers an outcome for 48 hours, and then takes the same id for another update', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    world.clock.advance(48 * HOUR_MS);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
    world.clock.advance(1);
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 1, history: [] });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });

  it('counts the attempts of another update with a former id from the beginning', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      throw failing();
    });
    for (let attempt = 1; attempt <= 4; attempt += 1) await a.deliver(1);
    world.clock.advance(48 * HOUR_MS + 1);
    expect(await a.deliver(1)).toStrictEqual({ kind: 'failed', error: 'it broke' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 1, failures: 1 });
  });

  it('does not hand a lease over on an outcome so old that its holder may take the id for a new update', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    world.clock.advance(48 * HOUR_MS - 1_000);
    const [reached, go] = [gate(), gate()];
    a.traffic.before('claim', async () => {
      reached.open();
      await go.opened;
    });
    const second = a.deliver(1);
    await reached.opened;
    expect(await b.deliver(2)).toMatchObject({ kind: 'busy', holder: 'A' });
    go.open();
    expect(await second).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });
});

describeOnEveryStore('calls in flight', (store) => {
  it('are waited for before the outcome is written, whether the handler awaits them or not', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const [begun, end] = [gate(), gate()];
    a.on(async (_, tenure) => {
      void tenure.run(() => end.opened);
      begun.open();
    });
    const outcome = a.deliver(1);
    await begun.opened;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(a.traffic.kinds()).not.toContain('settle');
    end.open();
    expect(await outcome).toStrictEqual({ kind: 'done' });
  });

  it('are refused once the handler has returned', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const end = gate();
    const told = gate<Tenure>();
    a.on(async (_, tenure) => {
      void tenure.run(() => end.opened);
      setImmediate(() => told.open(tenure));
    });
    const outcome = a.deliver(1);
    const tenure = await told.opened;
    await expect(tenure.run(async () => {})).rejects.toThrow('already settled');
    end.open();
    expect(await outcome).toStrictEqual({ kind: 'done' });
  });

  it('that end when they are aborted leave the attempt handed back', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    const begun = gate();
    a.on(async (_, tenure) => {
      await tenure.run(
        (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
            begun.open();
          }),
      );
    });
    const outcome = a.deliver(1);
    await begun.opened;
    world.clock.advance(DEADLINE_MS - SKEW_MS);
    expect(await outcome).toMatchObject({ kind: 'deferred', reason: 'deadline' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', attempts: 0 });
  });

  it('are not to blame the update for, though one throws as the deadline passes', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    a.on(async () => {
      // A pause of the process, which no timer has noticed yet.
      world.clock.freeze(DEADLINE_MS - SKEW_MS);
      throw new Error('the connection was reset');
    });
    expect(await a.deliver(1)).toMatchObject({ kind: 'deferred', reason: 'deadline' });
    expect(await world.ledger.read(1)).toMatchObject({ status: 'deferred', failures: 0, error: undefined });
  });

  it.each(['confirmed at once', 'confirmed late'])(
    'that are still out after the deadline leave the update unsettled, and the lease, whose grant was %s, runs out',
    async (grant) => {
      const world = await createWorld(store);
      const [a, b] = [world.start('A', { sdkAttempts: 3 }), world.start('B')];
      if (grant === 'confirmed late') a.traffic.loseAnswer('acquire');
      const begun = gate();
      const answer = gate();
      let call: Promise<void> | undefined;
      a.on(async ({ update_id: id }, tenure: Tenure) => {
        if (id !== 1) return;
        call = tenure.run(() => answer.opened);
        begun.open();
        await call;
      });
      const outcome = a.deliver(1);
      await begun.opened;
      world.clock.advance(DEADLINE_MS - SKEW_MS);
      const waiting = await world.clock.advanceUntil(outcome, 300);
      // Until it expires and the margin has passed; 250 ms of them were spent waiting for the call.
      expect(waiting).toStrictEqual({ kind: 'busy', holder: 'A', retryAfterMs: 2 * SKEW_MS - 250 });
      expect(a.events.at(-1)).toMatchObject({ type: 'unsettled', updateId: 1, attempt: 1 });
      expect(await world.ledger.read(1)).toMatchObject({ status: 'claimed', fencingToken: 1 });
      // Not even its own process comes back sooner.
      for (const consumer of [a, b]) expect(await consumer.deliver(2)).toMatchObject({ kind: 'busy' });
      answer.open();
      await call;
      expect(await world.ledger.read(1)).toMatchObject({ status: 'claimed' });
      world.clock.advance(2 * SKEW_MS);
      expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
      expect(await world.ledger.read(1)).toMatchObject({ attempts: 2, history: [{ ended: 'vanished' }, {}] });
    },
  );
});
