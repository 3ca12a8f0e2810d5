import type { Announcer } from '../bot/announcer.ts';
import { Countdown, systemClock, type Clock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';

/** The least time that a process has beyond a delivery's deadline: to settle, to tell people of it, and to answer. */
export const BEYOND_DEADLINE_MS = 3_000;

/** The part of that time that is left for the answer. */
const ANSWER_MS = 500;

/** A consumer that also tells people when an update of theirs is parked, in the time that is left for it. */
export function announcing(
  consumer: Pick<Consumer, 'consume'>,
  announcer: Pick<Announcer, 'parked'>,
  clock: Clock = systemClock,
): Pick<Consumer, 'consume'> {
  return {
    consume: async (delivery) => {
      const all = new Countdown(clock, delivery.deadlineMs + BEYOND_DEADLINE_MS - ANSWER_MS);
      const outcome = await consumer.consume(delivery);
      // Awaited: nothing outlives an invocation.
      if (outcome.kind === 'parked') {
        const apologise = outcome.mayHaveArrived !== true;
        await announcer.parked(delivery.update, outcome.error, all.remainingMs(), { apologise });
      }
      return outcome;
    },
  };
}
