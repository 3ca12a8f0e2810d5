import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { PartitionQueue } from '../../functions/lease/partition-queue.ts';

it('a queue runs one task of a key after another, and those of other keys beside them', async () => {
  const queue = new PartitionQueue();
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (key: string, name: string): Promise<void> =>
    queue.run(key, () => {
      running.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await turn();
  };
  const all = [start('a', 'first'), start('a', 'second'), start('b', 'other')];
  expect(running).toEqual(['first', 'other']);
  await end('first');
  expect(running).toEqual(['first', 'other', 'second']);
  // It comes when the first has gone, and finds the second.
  all.push(start('a', 'third'));
  await turn();
  expect(running).toEqual(['first', 'other', 'second']);
  await end('second');
  expect(running).toEqual(['first', 'other', 'second', 'third']);
  await end('third');
  await end('other');
  await Promise.all(all);
});
