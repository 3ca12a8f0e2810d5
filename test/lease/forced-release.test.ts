import { expect, it } from 'vitest';
import { forceRelease } from '../../functions/lease/forced-release.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { createWorld, DEADLINE_MS, gate, SKEW_MS, type TestProcess } from './world.ts';

const key = { epoch: 1, partition: 0 };

const release = (
  operator: TestProcess,
  request: { expectedToken: number; evenIfLive?: boolean; reason?: string },
) =>
  forceRelease(operator.context, {
    key,
    by: 'alice',
    reason: 'its host is gone',
    evenIfLive: false,
    ...request,
  });

describeOnEveryStore('a forced release', (store) => {
  it('frees a crashed holder after its expiry, and says whom', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    const [operator, a] = [world.start('operator'), world.start('A')];
    expect(await release(operator, { expectedToken: 0 })).toMatchObject({
      released: false,
      because: 'not-held',
    });
    void process.deliver(1);
    await dies;
    expect(await release(operator, { expectedToken: 0 })).toMatchObject({ because: 'token-changed' });
    expect(await release(operator, { expectedToken: 1 })).toMatchObject({
      because: 'not-expired',
      item: { holder: 'D' },
    });
    world.clock.advance(DEADLINE_MS + SKEW_MS + 1);
    expect(await release(operator, { expectedToken: 1 })).toStrictEqual({
      released: true,
      holder: 'D',
      fencingToken: 2,
    });
    expect(operator.events.at(-1)).toStrictEqual({
      type: 'force-released',
      partition: 0,
      fencingToken: 2,
      holder: 'D',
      by: 'alice',
      reason: 'its host is gone',
    });
    expect(await a.deliver(1)).toStrictEqual({ kind: 'done' });
    expect(await world.leases.read(key)).toMatchObject({
      fencingToken: 3,
      forced: { by: 'alice', reason: 'its host is gone', holder: 'D', fencingToken: 1 },
    });
  });

  it('of a live holder happens only on demand; the holder is fenced once its update is claimed again', async () => {
    const world = await createWorld(store);
    const [a, b, operator] = [world.start('A'), world.start('B'), world.start('operator')];
    const [begun, end] = [gate(), gate()];
    a.on(async () => {
      begun.open();
      await end.opened;
    });
    const live = a.deliver(1);
    await begun.opened;
    expect(await release(operator, { expectedToken: 1, evenIfLive: true })).toMatchObject({ released: true });
    expect(await b.deliver(1)).toStrictEqual({ kind: 'done' });
    end.open();
    expect(await live).toStrictEqual({ kind: 'duplicate', of: 'done' });
    expect(await a.deliver(2)).toStrictEqual({ kind: 'done' });
  });

  it("gives no way back to the one it was taken from: its token is not the lease's any more", async () => {
    const world = await createWorld(store);
    const [a, b, operator] = [world.start('A'), world.start('B'), world.start('operator')];
    await a.deliver(1);
    await release(operator, { expectedToken: 1, evenIfLive: true });
    const [begun, end] = [gate(), gate()];
    b.on(async () => {
      begun.open();
      await end.opened;
    });
    const handling = b.deliver(2);
    await begun.opened;
    expect(await a.deliver(3)).toMatchObject({ kind: 'busy', holder: 'B' });
    end.open();
    expect(await handling).toStrictEqual({ kind: 'done' });
  });

  it('is reported once where it is asked for again in the same words', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    void process.deliver(1);
    await dies;
    const operator = world.start('operator');
    const request = { expectedToken: 1, evenIfLive: true };
    expect(await release(operator, request)).toMatchObject({ released: true });
    world.clock.advance(1);
    expect(await release(operator, request)).toMatchObject({ released: false, because: 'not-held' });
    expect(operator.events.filter(({ type }) => type === 'force-released')).toHaveLength(1);
  });

  it('is recognised when its answer was lost', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    void process.deliver(1);
    await dies;
    const operator = world.start('operator', { sdkAttempts: 3 });
    operator.traffic.loseAnswer('force-release');
    expect(await release(operator, { expectedToken: 1, evenIfLive: true })).toStrictEqual({
      released: true,
      holder: 'D',
      fencingToken: 2,
    });
    expect(await world.leases.read(key)).toMatchObject({ fencingToken: 2 });
  });

  it('needs a reason, and keeps no more than 500 characters of it', async () => {
    const world = await createWorld(store);
    const { process, dies } = world.doomed('D');
    void process.deliver(1);
    await dies;
    const operator = world.start('operator');
    await expect(release(operator, { expectedToken: 1, reason: ' \n' })).rejects.toThrow('needs a reason');
    await release(operator, { expectedToken: 1, evenIfLive: true, reason: `  ${'x'.repeat(900)}` });
    expect((await world.leases.read(key))?.forced?.reason).toBe('x'.repeat(500));
  });
});
