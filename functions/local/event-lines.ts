import type { ConsumerEvent } from '../lease/events.ts';
import { describeHolder } from './machine/process-identity.ts';

/**
 * The line about an event of the protocol that a person at a terminal wants to know of; `undefined` for other events.
 * @param options.eachUpdate also the updates that ended well: a line for each
 */
export function eventLine(event: ConsumerEvent, options: { eachUpdate: boolean }): string | undefined {
  switch (event.type) {
    case 'done':
      return options.eachUpdate
        ? `Update ${event.updateId} is done (${Math.round(event.handledMs)} ms)`
        : undefined;
    case 'duplicate':
      return options.eachUpdate
        ? `Update ${event.updateId} came again: it was ${event.of} already`
        : undefined;
    case 'taken-over':
    case 'expired-takeover': {
      const from = event.previousHolder === undefined ? '' : ` from ${describeHolder(event.previousHolder)}`;
      return event.updateId === undefined ? `Lease taken over${from}` : undefined;
    }
    case 'failed':
      return `Update ${event.updateId} failed (attempt ${event.attempt}) and will be tried again: ${event.error}`;
    case 'parked':
      return `Update ${event.updateId} is parked after ${event.attempt} attempts: ${event.error}. See: bot dead list`;
    case 'deferred':
      return `Update ${event.updateId} has to wait (${event.reason})${event.error === undefined ? '' : `: ${event.error}`}`;
    case 'unsettled':
      return `Update ${event.updateId}: a Telegram call is still out, so the lease has to run out first`;
    case 'fenced':
      return `Update ${event.updateId} was taken over by another consumer`;
    case 'store-unavailable':
      return `The store cannot be used (${event.during}): ${event.error}`;
    case 'partition-stopped':
      return event.because === 'lost'
        ? 'No partition takes updates (their layout is lost). See: bot doctor'
        : `Partition ${event.partition} takes no updates (its lease is ${event.because}). See: bot doctor`;
    case 'lost':
      return `The lease is lost: ${event.reason}`;
    case 'acquired':
    case 'contended':
    case 'renewed':
    case 'released':
    case 'force-released':
    case 'layout-changed':
      return undefined;
  }
}
