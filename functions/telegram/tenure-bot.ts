import { autoRetry } from '@grammyjs/auto-retry';
import { Bot, type Context, type Transformer } from 'grammy/web';
import type { UserFromGetMe } from 'grammy/types';
import type { Tenure } from '../lease/tenure.ts';

export interface TelegramAccess {
  token: string;
  apiRoot: string;
  /** Stands for the network, e.g. to record calls instead of sending them. */
  fetch?: typeof fetch;
}

export interface TelegramCall {
  method: string;
  durationMs: number;
  /** Absent when no answer came. */
  errorCode?: number;
  answered: boolean;
}

/** One call's limit, below the handler's deadline. */
export const TELEGRAM_CALL_TIMEOUT_MS = 5_000;

/** What no handler waits for: a handler that hangs goes on showing that it is typing. */
const BACKGROUND: ReadonlySet<string> = new Set(['sendChatAction']);

/** A flood wait longer than this is not sat out: the update is handed back, with Telegram's own wait. */
const LONGEST_FLOOD_WAIT_SECONDS = 3;

/**
 * A grammY bot for one update. Its calls pass the tenure's guard as their innermost step, nearest the wire; since
 * the bot belongs to the tenure, what a handler left running can never call under a later one.
 */
export function botForTenure<C extends Context>(options: {
  access: TelegramAccess;
  botInfo: UserFromGetMe;
  tenure: Tenure;
  onCall?: (call: TelegramCall) => void;
}): Bot<C> {
  const { access, botInfo, tenure, onCall } = options;
  const timeoutSeconds = Math.max(0.1, Math.min(TELEGRAM_CALL_TIMEOUT_MS, tenure.remainingMs()) / 1000);
  const bot = new Bot<C>(access.token, {
    botInfo,
    client: { apiRoot: access.apiRoot, timeoutSeconds, fetch: guardedFetch(access.fetch ?? fetch, tenure) },
  });
  bot.api.config.use(
    autoRetry({
      maxRetryAttempts: 1,
      maxDelaySeconds: Math.min(LONGEST_FLOOD_WAIT_SECONDS, Math.floor(tenure.remainingMs() / 2_000)),
      // Whether a call without an answer had its effect is unknown: better handed back than repeated here.
      rethrowInternalServerErrors: true,
      rethrowHttpErrors: true,
    }),
    endsWith(tenure),
    waitedFor(tenure),
    ...(onCall === undefined ? [] : [timed(onCall)]),
  );
  return bot;
}

/** Lets no wait of an inner transformer outlive the tenure. */
function endsWith(tenure: Tenure): Transformer {
  // grammY's types name the signal of a polyfill; what it passes on is the platform's own.
  type GrammySignal = Parameters<Transformer>[3];
  return (prev, method, payload, signal) => {
    const signals = [tenure.signal, ...(signal === undefined ? [] : [signal as unknown as AbortSignal])];
    return prev(method, payload, AbortSignal.any(signals) as unknown as GrammySignal);
  };
}

/** A flood wait that is sat out is Telegram's time as well, not the handler's own. */
function waitedFor(tenure: Tenure): Transformer {
  return (prev, method, payload, signal) => {
    const answer = prev(method, payload, signal);
    return BACKGROUND.has(method) ? answer : tenure.waiting(answer);
  };
}

function timed(onCall: (call: TelegramCall) => void): Transformer {
  return async (prev, method, payload, signal) => {
    const startedAt = performance.now();
    const durationMs = (): number => performance.now() - startedAt;
    try {
      const answer = await prev(method, payload, signal);
      const errorCode = answer.ok ? undefined : answer.error_code;
      onCall({ method, durationMs: durationMs(), errorCode, answered: true });
      return answer;
    } catch (error) {
      onCall({ method, durationMs: durationMs(), answered: false });
      throw error;
    }
  };
}

function guardedFetch(send: typeof fetch, tenure: Tenure): typeof fetch {
  return (input, init) => {
    const call = async (signal: AbortSignal): Promise<Response> => {
      const signals = init?.signal ? [init.signal, signal] : [signal];
      const response = await send(input, { ...init, signal: AbortSignal.any(signals) });
      // The call is out until its body is in.
      const body = await response.text();
      return new Response(isOfBotApi(body) ? body : inItsPlace(response.status));
    };
    return tenure.run(call, { background: BACKGROUND.has(methodOf(input)) });
  };
}

/** `https://api.telegram.org/bot<token>/sendMessage` -> `sendMessage` */
function methodOf(input: Parameters<typeof fetch>[0]): string {
  const url = input instanceof Request ? input.url : String(input);
  return url.slice(url.lastIndexOf('/') + 1);
}

/** A proxy or a firewall answers with pages of its own, some of them JSON. https://core.telegram.org/bots/api#making-requests */
function isOfBotApi(body: string): boolean {
  try {
    const answer = JSON.parse(body) as { ok?: unknown; error_code?: unknown } | null;
    return answer?.ok === true || (answer?.ok === false && Number.isInteger(answer.error_code));
  } catch {
    return false;
  }
}

/** A proxy knows of floods, of bodies too large and of outages; what else it refuses says nothing of the update. */
function inItsPlace(status: number): string {
  const errorCode = status === 429 || status === 413 || status >= 500 ? status : 502;
  const description = `the answer (${status}) was not the Bot API's`;
  return JSON.stringify({ ok: false, error_code: errorCode, description });
}
