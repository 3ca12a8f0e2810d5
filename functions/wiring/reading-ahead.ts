import type { KnowledgeBase, KnowledgeVersion } from '../knowledge/port.ts';
import { Countdown, sleep, systemClock, type Clock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';

/** A version that was read longer ago is read anew: an update may have waited for the lease meanwhile. */
const FRESH_MS = 2_000;

/**
 * Which version of the knowledge base is live takes no lease to read, so it is read while the lease is acquired and
 * the update is claimed; the handler finds it there.
 */
export class ReadingAhead implements KnowledgeBase {
  readonly #knowledge: KnowledgeBase;
  readonly #clock: Clock;
  #begun: { version: Promise<KnowledgeVersion | undefined>; fresh: Countdown } | undefined;

  constructor(knowledge: KnowledgeBase, clock: Clock = systemClock) {
    this.#knowledge = knowledge;
    this.#clock = clock;
  }

  /**
   * The version that was read for this update; it is read anew where that reading failed, is old or was taken by
   * another.
   */
  async current(): Promise<KnowledgeVersion | undefined> {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined || begun.fresh.remainingMs() === 0) return this.#knowledge.current();
    return begun.version.catch(() => this.#knowledge.current());
  }

  /** The same consumer, with a reading under way for each delivery. It ends with the delivery, needed or not. */
  before(consumer: Pick<Consumer, 'consume'>): Pick<Consumer, 'consume'> {
    return {
      consume: async (delivery) => {
        const settled = this.#begin();
        const left = new Countdown(this.#clock, delivery.deadlineMs);
        try {
          return await consumer.consume(delivery);
        } finally {
          await sleep(this.#clock, left.remainingMs(), settled);
        }
      },
    };
  }

  /** @returns a signal that fires when the reading has ended */
  #begin(): AbortSignal {
    const version = this.#knowledge.current();
    this.#begun = { version, fresh: new Countdown(this.#clock, FRESH_MS) };
    const ended = new AbortController();
    const end = (): void => ended.abort();
    version.then(end, end);
    return ended.signal;
  }
}
