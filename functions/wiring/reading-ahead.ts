import type { LanguageStore } from '../bot/language-store.ts';
import { personIn } from '../bot/sender.ts';
import type { KnowledgeBase } from '../knowledge/port.ts';
import { Countdown, sleep, systemClock, type Clock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';

/** A value that was read longer ago is read anew: an update may have waited for the lease meanwhile. */
const KEPT_MS = 2_000;

export interface ReadAhead {
  reads: { knowledge: KnowledgeBase; languages: LanguageStore };
  /** The same consumer, with readings under way for each delivery. They end with the delivery, needed or not. */
  before: (consumer: Pick<Consumer, 'consume'>) => Pick<Consumer, 'consume'>;
}

/**
 * Which version of the knowledge base is live and which language the asker chose takes no lease to read, so both are
 * read while the lease is acquired and the update is claimed; the handler finds them there.
 */
export function readingAhead(
  { knowledge, languages }: { knowledge: KnowledgeBase; languages: LanguageStore },
  clock: Clock = systemClock,
): ReadAhead {
  const versions = new Readings(() => knowledge.current(), clock);
  const choices = new Readings((userId: number) => languages.chosenBy(userId), clock);
  return {
    reads: {
      knowledge: { current: () => versions.take('live') },
      languages: {
        chosenBy: (userId) => choices.take(userId),
        choose: (choice) => languages.choose(choice),
      },
    },
    before: (consumer) => ({
      consume: async (delivery) => {
        const person = personIn(delivery.update);
        const begun: Promise<unknown>[] = [versions.begin('live')];
        if (person !== undefined) begun.push(choices.begin(person));
        const ended = new AbortController();
        void Promise.allSettled(begun).then(() => ended.abort());
        const left = new Countdown(clock, delivery.deadlineMs);
        try {
          return await consumer.consume(delivery);
        } finally {
          await sleep(clock, left.remainingMs(), ended.signal);
          if (person !== undefined) choices.forget(person);
        }
      },
    }),
  };
}

/** Readings that were begun before anybody asked for them, each for one who asks. */
class Readings<Key, Value> {
  readonly #read: (key: Key) => Promise<Value>;
  readonly #clock: Clock;
  readonly #begun = new Map<Key, { value: Promise<Value>; fresh: Countdown }>();

  constructor(read: (key: Key) => Promise<Value>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  begin(key: Key): Promise<Value> {
    const value = this.#read(key);
    this.#begun.set(key, { value, fresh: new Countdown(this.#clock, KEPT_MS) });
    return value;
  }

  /** Read anew where the reading that was begun failed, is old or was taken by another. */
  async take(key: Key): Promise<Value> {
    const begun = this.#begun.get(key);
    this.forget(key);
    if (begun === undefined || begun.fresh.remainingMs() === 0) return this.#read(key);
    return begun.value.catch(() => this.#read(key));
  }

  forget(key: Key): void {
    this.#begun.delete(key);
  }
}
