import type { Update } from 'grammy/types';
import { Countdown, systemClock, type Clock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';
import type { Outcome } from '../lease/outcome.ts';
import { updateFacts, type UpdateFacts } from '../telegram/update-facts.ts';
import { isAccepted } from '../telegram/webhook-secret.ts';
import { answer, notReady } from './answer.ts';
import { jsonReply, type HttpReply, type HttpRequest } from './http.ts';

export const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** Decoded. Telegram's own updates stay far below. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Why a request was not handed to the consumer, or not answered by it. */
export interface RequestProblem {
  status: number;
  reason: string;
  /** The error behind a failure that is not the caller's. */
  error?: unknown;
}

export interface ReceiverOptions {
  /** The secrets that are accepted now: the current one, and the previous one while it is being rotated out. */
  acceptedSecrets: () => Promise<readonly (string | undefined)[]>;
  consumer: () => Promise<Pick<Consumer, 'consume'>>;
  /** @default the system's */
  clock?: Clock;
  /** One per request that was let in, once it is answered. */
  onAnswered: (answered: {
    updateId: number;
    facts: UpdateFacts;
    outcome: Outcome;
    durationMs: number;
  }) => void;
  /** A request that was turned away, or a defect of this program. */
  onProblem: (problem: RequestProblem) => void;
}

/**
 * `POST /telegram/webhook`: secret first, then size, JSON and `update_id`; then the consumer decides.
 *
 * @param deadlineMs how long the whole of it may take, from now: what reading the secrets takes is not left for handling
 */
export function createReceiver(
  options: ReceiverOptions,
): (request: HttpRequest, deadlineMs: number) => Promise<HttpReply> {
  const { acceptedSecrets, consumer, clock = systemClock, onAnswered, onProblem } = options;
  return async (request, deadlineMs) => {
    const span = new Countdown(clock, deadlineMs);
    const refuse = (status: number, reason: string): HttpReply => {
      onProblem({ status, reason });
      return jsonReply(status, { error: reason });
    };
    let secrets: readonly (string | undefined)[];
    try {
      secrets = await acceptedSecrets();
    } catch (error) {
      onProblem({ status: 503, reason: 'the secrets cannot be read', error });
      return notReady();
    }
    if (!isAccepted(request.headers[SECRET_HEADER], secrets)) {
      return refuse(401, 'wrong or missing secret token');
    }
    if (request.body.length > MAX_BODY_BYTES) return refuse(413, `the body exceeds ${MAX_BODY_BYTES} bytes`);
    const update = parseUpdate(request.body);
    if (update === undefined) return refuse(400, 'the body is not a Telegram update');

    const facts = updateFacts(update);
    try {
      const { orderingKey } = facts;
      const current = await consumer();
      const outcome = await current.consume({ update, orderingKey, deadlineMs: span.remainingMs() });
      onAnswered({ updateId: update.update_id, facts, outcome, durationMs: span.elapsedMs() });
      return answer(outcome, facts.kind);
    } catch (error) {
      onProblem({ status: 500, reason: 'a defect: the update was neither settled nor handed back', error });
      return jsonReply(500, { outcome: 'failed' });
    }
  };
}

function parseUpdate(body: Uint8Array): Update | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { update_id: updateId } = parsed as { update_id?: unknown };
  return Number.isSafeInteger(updateId) ? (parsed as Update) : undefined;
}
