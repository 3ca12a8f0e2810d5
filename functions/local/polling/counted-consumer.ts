import type { Consumer, Delivery } from '../../lease/consumer.ts';
import type { Outcome } from '../../lease/outcome.ts';

const CLOSED: Outcome = { kind: 'busy', retryAfterMs: 1_000 };

/**
 * A consumer that knows what it has in hand, however that came: polled, or a replay through the HTTP front. Its lease
 * may be freed when that is nothing.
 */
export class CountedConsumer implements Pick<Consumer, 'consume'> {
  readonly #consumer: Pick<Consumer, 'consume'>;
  readonly #inHand = new Set<Promise<Outcome>>();
  #isClosed = false;

  constructor(consumer: Pick<Consumer, 'consume'>) {
    this.#consumer = consumer;
  }

  async consume(delivery: Delivery): Promise<Outcome> {
    if (this.#isClosed) return CLOSED;
    const outcome = this.#consumer.consume(delivery);
    this.#inHand.add(outcome);
    try {
      return await outcome;
    } finally {
      this.#inHand.delete(outcome);
    }
  }

  /** Takes nothing more, and resolves when nothing is in hand: each delivery has a deadline of its own. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#inHand);
  }
}
