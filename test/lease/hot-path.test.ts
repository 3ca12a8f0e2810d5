import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { createWorld, DEADLINE_MS, SKEW_MS } from './world.ts';

/** As long as a Lambda's: function, version and log stream. */
const HOLDER =
  'agent-factory-bot-prod-webhook 118 2026/11/23/[118]0123456789abcdef0123456789abcdef 1700000000000';

describeOnEveryStore('the cost of an update', (store) => {
  it('is three writes of one unit each and no read, one after the other, while the same consumer stays the holder', async () => {
    const world = await createWorld(store);
    const a = world.start(HOLDER);
    await a.deliver(1);
    for (const updateId of [2, 900_000_001, 3]) {
      a.traffic.reset();
      expect(await a.deliver(updateId)).toStrictEqual({ kind: 'done' });
      expect(a.traffic.kinds()).toStrictEqual(['acquire', 'claim', 'settle']);
      expect(a.traffic.requests().map(({ capacityUnits }) => capacityUnits)).toStrictEqual([1, 1, 1]);
    }
    expect(a.events.filter(({ type }) => type === 'acquired')).toMatchObject([
      { hot: false },
      { hot: true },
      { hot: true },
      { hot: true },
    ]);
  });

  it('stands in README.md and infra/README.md as it is counted here', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.deliver(1);
    a.traffic.reset();
    await a.deliver(2);
    const writes = a.traffic.requests().length;
    expect(await readFile('README.md', 'utf8')).toContain(`"${writes} conditional writes<br/>per update"`);
    expect(await readFile('infra/README.md', 'utf8')).toContain(` ${writes} (lease and ledger) x 1 M `);
  });

  it('is one read more for the first update of a process, which has to learn the layout', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.deliver(1);
    expect(a.traffic.kinds()).toStrictEqual(['read', 'acquire', 'claim', 'settle']);
  });

  it('is the same for the next after a failure, a hand-back and a duplicate', async () => {
    const world = await createWorld(store);
    const a = world.start('A');
    await a.deliver(1);
    a.on(async ({ update_id: id }) => {
      if (id === 2) throw new Error('broken');
    });
    for (const updateId of [2, 1]) {
      await a.deliver(updateId);
      a.traffic.reset();
      await a.deliver(updateId + 100);
      expect(a.traffic.kinds()).toStrictEqual(['acquire', 'claim', 'settle']);
    }
  });

  it('is one write in vain and the ledger read more when the lease changes hands at once', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    await b.layout.current();
    b.traffic.reset();
    expect(await b.deliver(2)).toStrictEqual({ kind: 'done' });
    const refusal = store.name === 'dynalite' ? ['acquire', 'read'] : ['acquire'];
    expect(b.traffic.kinds()).toStrictEqual([...refusal, 'read', 'acquire', 'claim', 'settle']);
    expect(b.events).toMatchObject([
      { type: 'taken-over', previousHolder: 'A', fencingToken: 2, updateId: 2 },
      { type: 'done', attempt: 1 },
    ]);
  });

  it('is no read more when the lease was left idle until it expired', async () => {
    const world = await createWorld(store);
    const [a, b] = [world.start('A'), world.start('B')];
    await a.deliver(1);
    await b.layout.current();
    b.traffic.reset();
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    await b.deliver(2);
    expect(b.traffic.kinds()).toStrictEqual(['acquire', 'claim', 'settle']);
  });
});
