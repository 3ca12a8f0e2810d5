import { TELEGRAM_CALL_TIMEOUT_MS } from '../functions/telegram/guarded-fetch.ts';
import { BEYOND_DEADLINE_MS } from '../functions/wiring/announcing.ts';

/** HTTP APIs wait no longer: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const API_GATEWAY_LIMIT_MS = 30_000;

/** Telegram gives a delivery up after this much silence, and repeats it. */
const TELEGRAM_LIMIT_MS = 60_000;

/** The timeouts from the innermost to the outermost: each is longer than the one before, so that the inner one always gives up first. */
export interface TimeoutLadder {
  /** A call of the Bot API outside any update, or that nobody waits for. */
  readonly callMs: number;
  /** Everything that is done for one update. */
  readonly handlerMs: number;
  /** The webhook function. */
  readonly functionMs: number;
  readonly apiGatewayMs: number;
  readonly telegramMs: number;
}

/** The only place where the ladder is built. @throws RangeError naming the step that is not longer than the one before */
export function timeoutLadder(handlerMs: number): TimeoutLadder {
  const ladder: TimeoutLadder = {
    callMs: TELEGRAM_CALL_TIMEOUT_MS,
    handlerMs,
    // Lambda counts whole seconds.
    functionMs: Math.ceil((handlerMs + BEYOND_DEADLINE_MS) / 1_000) * 1_000,
    apiGatewayMs: API_GATEWAY_LIMIT_MS,
    telegramMs: TELEGRAM_LIMIT_MS,
  };
  const steps = Object.entries(ladder);
  steps.reduce(([lower, shorter], [upper, longer]) => {
    if (longer <= shorter)
      throw new RangeError(`${upper} (${longer}) must be longer than ${lower} (${shorter})`);
    return [upper, longer];
  });
  return ladder;
}
