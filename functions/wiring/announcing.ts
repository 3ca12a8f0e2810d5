import type { Announcer } from '../bot/announcer.ts';
import type { Consumer } from '../lease/consumer.ts';

/** A consumer that also tells people when an update of theirs is parked. */
export function announcing(
  consumer: Consumer,
  announcer: Pick<Announcer, 'parked'>,
): Pick<Consumer, 'consume'> {
  return {
    consume: async (delivery) => {
      const outcome = await consumer.consume(delivery);
      // Awaited: nothing outlives an invocation.
      if (outcome.kind === 'parked') await announcer.parked(delivery.update, outcome.error);
      return outcome;
    },
  };
}
