import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inParallel, mapInParallel } from '../../functions/lease/in-parallel.ts';
import { gate } from './world.ts';

const ITEMS = Array.from({ length: 40 }, (_, index) => index);

it('sixteen are under way at once, the first ones first, and all are done in the end', async () => {
  const begun: number[] = [];
  const end = gate();
  const all = inParallel(ITEMS, async (item) => {
    begun.push(item);
    await end.opened;
  });
  await turn();
  expect(begun).toStrictEqual(ITEMS.slice(0, 16));
  end.open();
  await all;
  expect(begun).toStrictEqual(ITEMS);
});

it('one that hangs holds up none of the others', async () => {
  const [done, end] = [new Set<number>(), gate()];
  const all = inParallel(ITEMS, async (item) => {
    if (item === 3) await end.opened;
    done.add(item);
  });
  await turn();
  expect(done.size).toBe(ITEMS.length - 1);
  end.open();
  await all;
  expect(done.size).toBe(ITEMS.length);
});

it('begins no other where one fails, and reports the failure when those that have begun have ended', async () => {
  const begun: number[] = [];
  const end = gate();
  let told: unknown;
  const all = inParallel(ITEMS, async (item) => {
    begun.push(item);
    if (item === 3) throw new Error('the fourth fails');
    await end.opened;
  }).catch((error: unknown) => (told = error));
  await turn();
  expect(told).toBeUndefined();
  end.open();
  await all;
  expect(told).toMatchObject({ message: 'the fourth fails' });
  expect(begun).toStrictEqual(ITEMS.slice(0, 16));
});

it('results come in the order of their items, whichever ends first', async () => {
  const end = gate();
  const all = mapInParallel(ITEMS, async (item) => {
    if (item === 3) await end.opened;
    return item * 2;
  });
  await turn();
  end.open();
  expect(await all).toStrictEqual(ITEMS.map((item) => item * 2));
});
