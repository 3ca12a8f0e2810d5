import { expect, it } from 'vitest';
import { NewsWatch } from '../../functions/local/news-watch.ts';

it('a watch for news looks at once, goes on after a look that failed, and ends with the look in hand', async () => {
  let looks = 0;
  let isLooking = false;
  let told: () => void;
  const thrice = new Promise<void>((resolve) => (told = resolve));
  const watch = new NewsWatch({
    everyMs: 1,
    look: async () => {
      isLooking = true;
      looks += 1;
      if (looks === 1) throw new Error('no store');
      if (looks === 3) told();
      await new Promise((resolve) => setTimeout(resolve, 5));
      isLooking = false;
    },
  });
  watch.start();
  expect(looks).toBe(1);
  await thrice;
  await watch.stop();
  expect(isLooking).toBe(false);
  const before = looks;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(looks).toBe(before);
});

it('a watch for news that never began can be stopped', async () => {
  await expect(new NewsWatch({ everyMs: 1, look: async () => {} }).stop()).resolves.toBeUndefined();
});
