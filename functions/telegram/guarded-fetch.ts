import type { Arrival } from '../lease/outbox.ts';
import type { Tenure } from '../lease/tenure.ts';
import { answerIn, type Answer } from './bot-api-answer.ts';

/** The limit of a call that is followed by others, or that nobody waits for. Any other may take what is left of the tenure. */
export const TELEGRAM_CALL_TIMEOUT_MS = 5_000;

/** The methods that no handler waits for: a handler that hangs goes on showing that it is typing. */
export const BACKGROUND: ReadonlySet<string> = new Set(['sendChatAction']);

/** A repetition shows them to a person once more; an edit or an answer to a query changes nothing then. */
const SENDS = /^(send|copy|forward)[A-Z]/;

/** So much before the tenure's end a call ends by itself, so that its error says that Telegram did not answer. */
const ENDS_EARLIER_MS = 250;

/** `fetch` for the calls of one update: each under the tenure's guard, and no message sent that has arrived before. */
export function guardedFetch(send: typeof fetch, tenure: Tenure): typeof fetch {
  return async (input, init) => {
    const method = methodOf(input);
    const isBackground = BACKGROUND.has(method);
    const call = async (signal: AbortSignal): Promise<Answer> => {
      const limitMs = isBackground ? TELEGRAM_CALL_TIMEOUT_MS : tenure.remainingMs() - ENDS_EARLIER_MS;
      const signals = init?.signal ? [signal, init.signal] : [signal];
      return within(Math.max(ENDS_EARLIER_MS, limitMs), signals, (ends) =>
        send(input, { ...init, signal: ends }),
      );
    };
    if (isBackground || !SENDS.test(method)) {
      return new Response((await tenure.run(call, { background: isBackground })).body);
    }
    const answer = await tenure.send(call, {
      arrivalOf,
      ask: (signal) => assertAnswering(send, siblingOf(input, 'getMe'), signal),
    });
    return new Response(answer?.body ?? JSON.stringify({ ok: true, result: true }));
  };
}

/** @throws Error when the Bot API does not answer, or answers that it cannot */
async function assertAnswering(send: typeof fetch, url: string, signal: AbortSignal): Promise<void> {
  const asked = within(TELEGRAM_CALL_TIMEOUT_MS, [signal], (ends) => send(url, { signal: ends }));
  const { errorCode } = await asked;
  if (errorCode !== undefined) throw new Error(`getMe is answered ${errorCode}`);
}

/** One call, out until its body is in. */
async function within(
  limitMs: number,
  signals: AbortSignal[],
  begin: (ends: AbortSignal) => Promise<Response>,
): Promise<Answer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('no answer came', 'TimeoutError')), limitMs);
  try {
    const response = await begin(AbortSignal.any([...signals, late.signal]));
    return answerIn(await response.text(), response.status);
  } finally {
    clearTimeout(timer);
  }
}

function arrivalOf(ended: PromiseSettledResult<Answer>): Arrival {
  if (ended.status === 'rejected') return neverLeft(ended.reason) ? 'not-sent' : 'unknown';
  const { errorCode } = ended.value;
  if (errorCode === undefined) return 'arrived';
  // Behind a gateway's error the message may have been sent all the same.
  return errorCode >= 500 ? 'unknown' : 'not-sent';
}

/** Whether there was no connection that a request could have left by. */
function neverLeft(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { syscall, code } = cause as NodeJS.ErrnoException;
    if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(neverLeft);
  }
  return false;
}

/** `https://api.telegram.org/bot<token>/sendMessage` -> `sendMessage` */
function methodOf(input: Parameters<typeof fetch>[0]): string {
  const url = urlOf(input);
  return url.slice(url.lastIndexOf('/') + 1);
}

function siblingOf(input: Parameters<typeof fetch>[0], method: string): string {
  const url = urlOf(input);
  return url.slice(0, url.lastIndexOf('/') + 1) + method;
}

const urlOf = (input: Parameters<typeof fetch>[0]): string =>
  input instanceof Request ? input.url : String(input);
