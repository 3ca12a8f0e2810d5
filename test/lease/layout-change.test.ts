import { expect, it } from 'vitest';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { activateLayout, changeLayout, LayoutChangeError } from '../../functions/lease/layout-change.ts';
import { LayoutLostError, LayoutNotActivatedError, type Layout } from '../../functions/lease/layout.ts';
import { surveyLayout } from '../../functions/lease/layout-survey.ts';
import type { GrantSource } from '../../functions/lease/grant.ts';
import { StandingLease } from '../../functions/lease/standing-lease.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { observe } from '../fixtures/observed-client.ts';
import {
  createWorld,
  DEADLINE_MS,
  failing,
  gate,
  HOUR_MS,
  SKEW_MS,
  type TestProcess,
  type World,
} from './world.ts';

/** Changes the layout as an operator's process. */
const change = (operator: TestProcess, partitions: number, patienceMs = 0) =>
  changeLayout(operator.context, { partitions, patienceMs });

describeOnEveryStore('the first layout', (store) => {
  it('is activated once, by the first process, and is left as it is afterwards', async () => {
    const world = await createWorld(store, 2);
    expect(await activateLayout(world.leases, 5)).toStrictEqual({ epoch: 1, partitions: 2, mapping: 1 });
    expect(await world.leases.read({ epoch: 1, partition: 4 })).toBeUndefined();
  });

  it('is one and the same for those that activate it at once', async () => {
    const empty = new DynamoLeaseStore({ ...(await store.freshTable()), scope: '42' });
    const layouts = await Promise.all([1, 2, 3].map((count) => activateLayout(empty, count)));
    for (const layout of layouts) expect(layout).toStrictEqual(await empty.readLayout());
    const { epoch, partitions } = layouts[0] ?? { epoch: 0, partitions: 0 };
    for (let partition = 0; partition < partitions; partition += 1) {
      expect(await empty.read({ epoch, partition })).toMatchObject({ fencingToken: 0, retired: false });
    }
  });

  it('is not in force until each of its lease items is there, whenever its making ends half-way', async () => {
    const { client, tableName } = await store.freshTable({ attempts: 1 });
    const leases = new DynamoLeaseStore({ client, tableName, scope: '42' });
    const traffic = observe(client);
    const lose = (nth: number): void =>
      nth === 0 ? traffic.loseBefore('any') : traffic.before('any', () => lose(nth - 1));
    // Looks whether there is one, and whether there was, three items, and the layout.
    for (let nth = 0; nth < 8; nth += 1) {
      lose(nth);
      await expect(activateLayout(leases, 3)).rejects.toThrow(StoreUnavailableError);
      expect(await leases.readLayout()).toBeUndefined();
      traffic.heal();
    }
    expect(await activateLayout(leases, 3)).toStrictEqual({ epoch: 1, partitions: 3, mapping: 1 });
    expect(await leases.read({ epoch: 1, partition: 2 })).toMatchObject({ fencingToken: 0 });
  });

  it('cannot be changed before it was activated', async () => {
    const empty = new DynamoLeaseStore({ ...(await store.freshTable()), scope: '42' });
    const operator = (await createWorld(store)).start('operator');
    await expect(
      changeLayout({ ...operator.context, store: empty }, { partitions: 2, patienceMs: 0 }),
    ).rejects.toThrow(LayoutNotActivatedError);
  });

  it('has a sensible count of partitions', async () => {
    const world = await createWorld(store);
    await expect(activateLayout(world.leases, 0)).rejects.toThrow(RangeError);
    await expect(change(world.start('operator'), 101)).rejects.toThrow(RangeError);
  });
});

describeOnEveryStore('a change of the layout', (store) => {
  it('retires what is idle, begins above every former token and flips; consumers follow by themselves', async () => {
    const world = await createWorld(store, 2);
    const [a, b, operator] = [world.start('A'), world.start('B'), world.start('operator')];
    // Chats 1 and 2 are in partitions 0 and 1: see layout.test.ts.
    for (let updateId = 1; updateId <= 3; updateId += 1) await a.deliver(updateId, { chat: 1 });
    await b.deliver(4, { chat: 2 });
    expect(await change(operator, 4)).toStrictEqual({ epoch: 2, partitions: 4, mapping: 1 });
    expect(operator.events).toStrictEqual([{ type: 'layout-changed', epoch: 2, partitions: 4 }]);
    for (const partition of [0, 1]) {
      expect(await world.leases.read({ epoch: 1, partition })).toMatchObject({ retired: true });
    }
    for (let partition = 0; partition < 4; partition += 1) {
      expect(await world.leases.read({ epoch: 2, partition })).toMatchObject({
        fencingToken: 4,
        retired: false,
        holder: undefined,
      });
    }
    for (const [index, consumer] of [a, b, a].entries()) {
      expect(await consumer.deliver(10 + index, { chat: 1 })).toStrictEqual({ kind: 'done' });
    }
    expect(await world.ledger.read(12)).toMatchObject({ fencingToken: 7 });
    a.traffic.reset();
    await a.deliver(20, { chat: 1 });
    expect(a.traffic.kinds()).toStrictEqual(['acquire', 'claim', 'settle']);
  });

  it('lets an update that failed before it be claimed again after it', async () => {
    const world = await createWorld(store);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await a.deliver(1);
    a.on(async () => {
      throw new Error('broken');
    });
    await a.deliver(2);
    await change(operator, 3);
    a.on(async () => {});
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
  });

  it('waits for a busy item, gives up with its name, and goes on when it is run again', async () => {
    const world = await createWorld(store, 2);
    const [a, b, operator] = [world.start('A'), world.start('B'), world.start('operator')];
    const [begun, end] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await end.opened;
    });
    const handling = a.deliver(1, { chat: 2 });
    await begun.opened;
    const refused = world.clock.advanceUntil(change(operator, 1, 1_000), 250);
    await expect(refused).rejects.toThrow(LayoutChangeError);
    await expect(refused).rejects.toThrow('partition 1 is still held by A');
    // Half-way: the retired partition grants nothing, and the busy one goes on under its lease.
    expect(await b.deliver(2, { chat: 1 })).toStrictEqual({
      kind: 'busy',
      holder: undefined,
      retryAfterMs: 2_000,
    });
    end.open();
    expect(await handling).toStrictEqual({ kind: 'done' });
    expect(await change(operator, 1)).toMatchObject({ epoch: 2, partitions: 1 });
    expect(await b.deliver(2, { chat: 1 })).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(3, { chat: 2 })).toStrictEqual({ kind: 'done' });
  });

  it('waits for the expiry and the margin of a crashed holder, not longer', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    void process.deliver(1);
    await dies;
    const operator = world.start('operator');
    world.clock.advance(DEADLINE_MS + SKEW_MS);
    await expect(change(operator, 2)).rejects.toThrow(LayoutChangeError);
    world.clock.advance(1);
    expect(await change(operator, 2)).toMatchObject({ epoch: 2 });
    const a = world.start('A');
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.ledger.read(1)).toMatchObject({ attempts: 2 });
  });

  it('meets a consumer at every step, which waits or follows, and handles each update once', async () => {
    const world = await createWorld(store, 2);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await a.deliver(1, { chat: 1 });
    const during: string[] = [];
    let updateId = 100;
    for (const kind of ['retire', 'put', 'update'] as const) {
      operator.traffic.after(kind, async () => {
        const outcome = await a.deliver((updateId += 1), { chat: 1 });
        during.push(`${kind}: ${outcome.kind}`);
      });
    }
    await change(operator, 3);
    // Refused at first, the retirement loses the race for the idle lease once, and then wins it.
    expect(during).toStrictEqual(['retire: done', 'put: busy', 'update: done']);
    for (const id of [101, 102, 103]) await a.deliver(id, { chat: 1 });
    expect(a.handled).toStrictEqual([1, 101, 103, 102]);
  });

  it('takes nothing from a consumer that was granted the lease just before it was retired', async () => {
    const world = await createWorld(store);
    const [a, operator] = [world.start('A'), world.start('operator')];
    a.traffic.before('claim', async () => {
      await expect(change(operator, 2)).rejects.toThrow(LayoutChangeError);
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await change(operator, 2)).toMatchObject({ epoch: 2 });
  });

  it('is refused to the second of two operators, unless both want the same', async () => {
    for (const [first, second] of [
      [3, 3],
      [3, 4],
    ] as const) {
      const world = await createWorld(store);
      const [one, other] = [world.start('one'), world.start('other')];
      one.traffic.before('update', async () => {
        expect(await change(other, second)).toMatchObject({ partitions: second });
      });
      if (first === second) expect(await change(one, first)).toMatchObject({ epoch: 2, partitions: first });
      else await expect(change(one, first)).rejects.toThrow('epoch 3 has 4 partitions');
      expect(await world.leases.readLayout()).toMatchObject({ partitions: second });
      for (const chat of [1, 2, 3, 4]) {
        expect(await world.start('A').deliver(chat, { chat })).toStrictEqual({ kind: 'done' });
      }
    }
  });

  it('can die at any step and be run again, with the same count or the former one', async () => {
    for (const kind of ['retire', 'put', 'update'] as const) {
      for (const [lose, partitions] of [
        ['loseBefore', 3],
        ['loseAnswer', 1],
      ] as const) {
        const world = await createWorld(store);
        const [a, operator] = [world.start('A'), world.start('operator')];
        await a.deliver(1);
        operator.traffic[lose](kind);
        await expect(change(operator, 3)).rejects.toThrow(StoreUnavailableError);
        // A change that was begun is brought to its end first, since it is cut already.
        const isBegun = kind !== 'retire' && lose === 'loseAnswer';
        expect(await change(operator, partitions)).toMatchObject({ epoch: isBegun ? 3 : 2, partitions });
        expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
        expect(await a.deliver(1)).toStrictEqual({ kind: 'duplicate', of: 'done' });
      }
    }
  });

  it('after which another follows, and another, is waited out and told', async () => {
    const world = await createWorld(store, 4);
    const grants = (): GrantSource => ({
      holder: 'A',
      locate: async () => ({ epoch: 1, partition: 3 }),
      acquire: async () => ({ kind: 'moved' }),
      ended: () => {},
      giveBack: async () => {},
    });
    const process = world.start('A', { grants });
    expect(await process.deliver(1)).toStrictEqual({ kind: 'busy', retryAfterMs: 1_000 });
    expect(process.events).toStrictEqual([
      { type: 'contended', partition: 3, updateId: 1, retryAfterMs: 1_000 },
    ]);
  });

  it('goes back by another epoch, whose tokens are higher still', async () => {
    const world = await createWorld(store);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await a.deliver(1);
    await change(operator, 4);
    await a.deliver(2);
    expect(await change(operator, 1)).toMatchObject({ epoch: 3, partitions: 1 });
    await a.deliver(3);
    const tokens = await Promise.all(
      [1, 2, 3].map(async (id) => (await world.ledger.read(id))?.fencingToken),
    );
    expect(tokens).toStrictEqual([1, 3, 5]);
  });

  it('waits for a standing lease to be released, and fails its renewals where it was not', async () => {
    const world = await createWorld(store);
    const operator = world.start('operator');
    let standing: StandingLease | undefined;
    world.start('poller', {
      grants: (context, layout) => (standing = new StandingLease({ ...context, layout, termMs: 15_000 })),
    });
    await standing?.take(0);
    await expect(change(operator, 2)).rejects.toThrow('still held by poller');
    await standing?.release();
    expect(await change(operator, 2)).toMatchObject({ epoch: 2 });
    expect(await standing?.take(0)).toBeUndefined();
    expect(standing?.tokens).toHaveLength(2);
  });

  it('retires nothing while an item is missing, and says which', async () => {
    const world = await createWorld(store, 2);
    const operator = world.start('operator');
    await world.remove({ epoch: 1, partition: 1 });
    await expect(change(operator, 2)).rejects.toThrow('the lease item of partition 1 in epoch 1 is missing');
    const a = world.start('A');
    expect(await a.deliver(1, { chat: 1 })).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(2, { chat: 2 })).toStrictEqual({ kind: 'unavailable' });
    expect(a.events).toContainEqual({
      type: 'partition-stopped',
      partition: 1,
      updateId: 2,
      because: 'missing',
    });
  });

  it('repairs a missing item above every token that it may have granted, after what may be held under it', async () => {
    const world = await createWorld(store, 2);
    const [a, operator] = [world.start('A'), world.start('operator')];
    a.on(async () => {
      throw failing();
    });
    for (let copy = 0; copy < 3; copy += 1) await a.deliver(2, { chat: 2 });
    a.on(async () => {});
    await world.remove({ epoch: 1, partition: 1 });
    const repairAfterMs = DEADLINE_MS + 2 * SKEW_MS;
    const beganAtMs = world.clock.wallMs();
    for (const kind of ['retire', 'put', 'update'] as const) {
      operator.traffic.loseBefore(kind);
      const killed = changeLayout(operator.context, { partitions: 2, patienceMs: 0, repairAfterMs });
      await expect(world.clock.advanceUntil(killed, repairAfterMs)).rejects.toThrow(StoreUnavailableError);
    }
    const repaired = changeLayout(operator.context, { partitions: 2, patienceMs: 0, repairAfterMs });
    expect(await world.clock.advanceUntil(repaired, repairAfterMs)).toMatchObject({
      epoch: 2,
      partitions: 2,
    });
    expect(world.clock.wallMs() - beganAtMs).toBeGreaterThanOrEqual(repairAfterMs);
    expect(await a.deliver(2, { chat: 2 })).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(1, { chat: 1 })).toStrictEqual({ kind: 'done' });
  });

  it('is named in each refusal that it brings about, also in those of a poller', async () => {
    const world = await createWorld(store, 1);
    const [a, operator] = [world.start('A'), world.start('operator')];
    operator.traffic.loseBefore('put');
    await expect(change(operator, 2)).rejects.toThrow(StoreUnavailableError);
    expect(await a.deliver(1)).toMatchObject({ kind: 'busy' });
    expect(a.events).toStrictEqual([
      { type: 'partition-stopped', partition: 0, updateId: 1, because: 'retired' },
    ]);
    const standing = new StandingLease({ ...a.context, layout: a.layout, termMs: 15_000 });
    expect(await standing.take(0)).toMatchObject({ kind: 'busy', isRetired: true });
    expect(a.events.at(-1)).toStrictEqual({ type: 'partition-stopped', partition: 0, because: 'retired' });
  });
});

describeOnEveryStore('a layout that is lost', (store) => {
  const REPAIR_AFTER_MS = DEADLINE_MS + 2 * SKEW_MS;
  const repair = (world: World, operator: TestProcess, partitions: number) =>
    world.clock.advanceUntil(
      changeLayout(operator.context, { partitions, patienceMs: 0, repairAfterMs: REPAIR_AFTER_MS }),
      REPAIR_AFTER_MS,
    );

  it('is not begun anew by a start or a deployment, and every refusal says so', async () => {
    const world = await createWorld(store, 2);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await a.deliver(1, { chat: 1 });
    await world.loseLayout();
    await expect(activateLayout(world.leases, 2)).rejects.toThrow(LayoutLostError);
    await expect(activateLayout(world.leases, 2)).rejects.toMatchObject({ forOperator: true, partitions: 2 });
    await expect(change(operator, 3)).rejects.toThrow(LayoutLostError);
    // A process that remembers the layout goes on, and one that does not is granted nothing.
    expect(await a.deliver(2, { chat: 1 })).toStrictEqual({ kind: 'done' });
    const b = world.start('B');
    expect(await b.deliver(3, { chat: 1 })).toStrictEqual({ kind: 'unavailable' });
    expect(b.events).toContainEqual({ type: 'partition-stopped', updateId: 3, because: 'lost' });
    const standing = new StandingLease({ ...b.context, layout: b.layout, termMs: 15_000 });
    await expect(standing.take(0)).rejects.toThrow(LayoutLostError);
    expect(b.events.at(-1)).toStrictEqual({ type: 'partition-stopped', because: 'lost' });
    expect(await world.leases.readLayout()).toBeUndefined();
  });

  it('is made anew above every token of every epoch, after whatever may be held', async () => {
    const world = await createWorld(store, 2);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await change(operator, 4);
    for (let updateId = 1; updateId <= 3; updateId += 1) await a.deliver(updateId, { chat: 1 });
    await world.loseLayout();
    const beganAtMs = world.clock.wallMs();
    for (const kind of ['retire', 'put', 'update'] as const) {
      operator.traffic.loseBefore(kind);
      await expect(repair(world, operator, 3)).rejects.toThrow(StoreUnavailableError);
    }
    expect(await repair(world, operator, 3)).toStrictEqual({ epoch: 3, partitions: 3, mapping: 1 });
    for (const { key, item } of await world.leases.list()) {
      if (key.epoch < 3) expect(item.retired).toBe(true);
      else expect(item.fencingToken).toBeGreaterThanOrEqual(beganAtMs + REPAIR_AFTER_MS);
    }
    expect(await a.deliver(4, { chat: 1 })).toStrictEqual({ kind: 'done' });
    expect(await a.deliver(1, { chat: 1 })).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(await activateLayout(world.leases, 1)).toMatchObject({ epoch: 3 });
  });

  it('is lost as well where an older one has taken its place', async () => {
    const world = await createWorld(store, 2);
    const [a, operator] = [world.start('A'), world.start('operator')];
    await change(operator, 3);
    await a.deliver(1);
    await world.loseLayout();
    await world.leases.writeLayout({ epoch: 1, partitions: 2, mapping: 1 }, undefined);
    expect(await surveyLayout(world.leases)).toMatchObject({ kind: 'lost', epoch: 2, partitions: 3 });
    await expect(change(operator, 3)).rejects.toThrow(LayoutLostError);
    expect(await repair(world, operator, 3)).toMatchObject({ epoch: 3, partitions: 3 });
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it('leaves no lease held beside the new one: a holder is waited for', async () => {
    const world = await createWorld(store);
    const [a, operator] = [world.start('A'), world.start('operator')];
    const end = gate();
    const begun = gate();
    await a.deliver(1);
    await world.loseLayout();
    a.on(async () => {
      begun.open();
      await end.opened;
    });
    const wait = changeLayout(operator.context, { partitions: 1, patienceMs: 0, repairAfterMs: 1_000 });
    const handling = a.deliver(2);
    await begun.opened;
    await expect(world.clock.advanceUntil(wait, 1_000)).rejects.toThrow('partition 0 is still held by A');
    end.open();
    expect(await handling).toStrictEqual({ kind: 'done' });
    expect(await repair(world, operator, 1)).toMatchObject({ epoch: 2 });
  });

  it('is lost in the middle of a change beside a standing holder: that one is waited for, and loses its lease for good', async () => {
    const world = await createWorld(store, 2);
    const operator = world.start('operator');
    const [key, nowMs] = [{ epoch: 1, partition: 1 }, world.clock.wallMs()];
    const asked = { key, holder: 'A', attemptId: 'a1', nowMs, staleBeforeMs: nowMs };
    const expiresAtMs = nowMs + 10 * HOUR_MS;
    expect(await world.leases.acquire({ ...asked, expiresAtMs })).toMatchObject({ kind: 'applied' });
    await expect(change(operator, 3)).rejects.toThrow('partition 1 is still held by A');
    await world.loseLayout();
    await expect(repair(world, operator, 3)).rejects.toThrow('partition 1 is still held by A');
    await expect(change(operator, 3)).rejects.toThrow(LayoutLostError);
    await world.leases.release({ key, holder: 'A', fencingToken: 1, attemptId: 'a2' });
    expect(await repair(world, operator, 3)).toMatchObject({ epoch: 2, partitions: 3 });
    const renewed = {
      key,
      holder: 'A',
      fencingToken: 1,
      attemptId: 'a3',
      expiresAtMs: expiresAtMs + HOUR_MS,
    };
    expect(await world.leases.renew(renewed)).toMatchObject({ kind: 'refused' });
  });

  it('harms nobody who activates it slowly beside one that was quick', async () => {
    const { client, tableName } = await store.freshTable();
    const leases = new DynamoLeaseStore({ client, tableName, scope: '42' });
    const traffic = observe(client);
    let layout: Layout | undefined;
    traffic.before('query', async () => {
      layout = await activateLayout(leases, 2);
      const granted = await leases.acquire({
        key: { epoch: 1, partition: 0 },
        holder: 'A',
        attemptId: 'a1',
        nowMs: 1,
        expiresAtMs: 2,
        staleBeforeMs: 0,
      });
      expect(granted.kind).toBe('applied');
    });
    expect(await activateLayout(leases, 3)).toStrictEqual({ epoch: 1, partitions: 2, mapping: 1 });
    expect(layout).toMatchObject({ partitions: 2 });
  });

  it('is cut as it was where nothing had been granted under it yet, since somebody may remember it', async () => {
    const world = await createWorld(store, 3);
    const a = world.start('A');
    expect(await a.layout.current()).toMatchObject({ partitions: 3 });
    await world.loseLayout();
    expect(await activateLayout(world.leases, 1)).toMatchObject({ epoch: 1, partitions: 3 });

    const operator = world.start('operator');
    await change(operator, 2);
    await world.loseLayout();
    // The epoch that was never granted is brought back as it was, and then changed.
    expect(await repair(world, operator, 4)).toMatchObject({ epoch: 3, partitions: 4 });
    expect(operator.events).toStrictEqual([
      { type: 'layout-changed', epoch: 2, partitions: 2 },
      { type: 'layout-changed', epoch: 2, partitions: 2 },
      { type: 'layout-changed', epoch: 3, partitions: 4 },
    ]);
  });
});
