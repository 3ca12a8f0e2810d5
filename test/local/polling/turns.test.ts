import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns } from '../../../functions/local/polling/turns.ts';
import { gate } from '../../lease/world.ts';

it('a turn goes to the lowest place that waits, and is free again when nobody does', async () => {
  const turns = new Turns(1);
  const begun: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const end = gate();
    const all = [5, 9, 7].map((place) =>
      turns.take(place, async () => {
        begun.push(place);
        await end.opened;
        if (place === 7) throw new Error('the second of three fails');
      }),
    );
    const results = Promise.allSettled(all);
    await turn();
    expect(begun).toStrictEqual([5]);
    end.open();
    expect((await results).map(({ status }) => status)).toStrictEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(begun.splice(0)).toStrictEqual([5, 7, 9]);
  }
});
