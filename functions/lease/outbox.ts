import { MAX_UNCONFIRMED, WAIT_BEFORE_REPEAT_MS } from './limits.ts';

/** The ledger's memory of the messages that handling an update sends, from one attempt to the next. */
export interface Progress {
  /** So many have arrived, in the order in which they are sent. */
  sent: number;
  /** How often the next message has left without a confirmation: each time it may have been seen. */
  unconfirmed: number;
}

export const NOTHING_SENT: Progress = { sent: 0, unconfirmed: 0 };

/** How a message that has left ended. `unknown`: it may have arrived. */
export type Arrival = 'arrived' | 'not-sent' | 'unknown';

/** @returns how long to wait before a message whose arrival is unknown is sent again; absent when there is none */
export function waitBeforeRepeat({ unconfirmed }: Progress): number | undefined {
  return WAIT_BEFORE_REPEAT_MS[Math.min(unconfirmed, WAIT_BEFORE_REPEAT_MS.length) - 1];
}

/** Whether the next message has been sent as often as it may be. */
export function isSentOftenEnough({ unconfirmed }: Progress): boolean {
  return unconfirmed >= MAX_UNCONFIRMED;
}

/**
 * The messages of one attempt. Their order alone says which is which, so they are sent one after another, and an
 * update is expected to send the same ones again.
 */
export class Outbox {
  #progress: Progress;
  #toSkip: number;
  /** After a message of unknown arrival nothing is counted: the count would take it for one that has arrived. */
  #isBroken = false;

  constructor(before: Progress) {
    this.#progress = before;
    this.#toSkip = before.sent;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** `skip`: an earlier attempt has sent it. `ask-first`: it may have arrived. */
  next(): 'skip' | 'ask-first' | 'send' {
    if (this.#toSkip > 0) {
      this.#toSkip -= 1;
      return 'skip';
    }
    return this.#progress.unconfirmed > 0 && !this.#isBroken ? 'ask-first' : 'send';
  }

  ended(how: Arrival): void {
    if (this.#isBroken || how === 'not-sent') return;
    const { sent, unconfirmed } = this.#progress;
    this.#isBroken = how === 'unknown';
    this.#progress =
      how === 'arrived' ? { sent: sent + 1, unconfirmed: 0 } : { sent, unconfirmed: unconfirmed + 1 };
  }
}
