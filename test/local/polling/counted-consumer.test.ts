import { expect, it } from 'vitest';
import type { Outcome } from '../../../functions/lease/outcome.ts';
import { CountedConsumer } from '../../../functions/local/polling/counted-consumer.ts';

const delivery = (updateId: number) => ({
  update: { update_id: updateId },
  orderingKey: 1,
  deadlineMs: 12_000,
});

it('a consumer that drains takes nothing more, and has drained once all that it has in hand has ended', async () => {
  const begun: number[] = [];
  const ends: ((outcome: Outcome | Error) => void)[] = [];
  const consumer = new CountedConsumer({
    consume: ({ update }) => {
      if (begun.push(update.update_id) > 2) return Promise.resolve({ kind: 'done' });
      return new Promise((resolve, reject) =>
        ends.push((ended) => (ended instanceof Error ? reject(ended) : resolve(ended))),
      );
    },
  });
  const [done, defect] = [consumer.consume(delivery(1)), consumer.consume(delivery(2))];
  defect.catch(() => {});
  let hasDrained = false;
  const draining = consumer.drain().then(() => (hasDrained = true));
  expect(await consumer.consume(delivery(3))).toMatchObject({ kind: 'busy' });
  ends[0]?.({ kind: 'done' });
  expect(await done).toStrictEqual({ kind: 'done' });
  expect(hasDrained).toBe(false);
  ends[1]?.(new Error('nobody thought of this'));
  await draining;
  expect(begun).toStrictEqual([1, 2]);
});
