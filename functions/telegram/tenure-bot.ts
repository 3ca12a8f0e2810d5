import { autoRetry } from '@grammyjs/auto-retry';
import { Bot, type Context, type Transformer } from 'grammy/web';
import type { UserFromGetMe } from 'grammy/types';
import type { Tenure } from '../lease/tenure.ts';
import { endBySignal } from './end-by-signal.ts';
import './far-host.ts';
import { BACKGROUND, guardedFetch } from './guarded-fetch.ts';
import { toMigratedGroup } from './migrated-group.ts';

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

/** A flood wait longer than this is not sat out: the update is handed back, with Telegram's own wait. */
const LONGEST_FLOOD_WAIT_SECONDS = 3;
/** A wait takes at most this share of the time left: the call after it, and the settling, need the rest. */
const FLOOD_WAIT_SHARE = 0.5;

/**
 * A grammY bot for one update. Its calls pass the tenure's guard as their innermost step, nearest the wire; since
 * the bot belongs to the tenure, what a handler left running can never call under a later one. A message that an
 * earlier attempt has sent is not sent again; the call then resolves to `true` instead of a message.
 */
export function botForTenure<C extends Context>(options: {
  access: TelegramAccess;
  botInfo: UserFromGetMe;
  tenure: Tenure;
  onCall?: (call: TelegramCall) => void;
}): Bot<C> {
  const { access, botInfo, tenure, onCall } = options;
  const bot = new Bot<C>(access.token, {
    botInfo,
    client: { apiRoot: access.apiRoot, fetch: guardedFetch(access.fetch ?? fetch, tenure) },
  });
  bot.api.config.use(
    toMigratedGroup,
    autoRetry({
      maxRetryAttempts: 1,
      maxDelaySeconds: Math.min(
        LONGEST_FLOOD_WAIT_SECONDS,
        Math.floor((tenure.remainingMs() * FLOOD_WAIT_SHARE) / 1000),
      ),
      // Whether a call without an answer had its effect is unknown: better handed back than repeated here.
      rethrowInternalServerErrors: true,
      rethrowHttpErrors: true,
    }),
    endBySignal(() => tenure.signal),
    waitedFor(tenure),
    ...(onCall === undefined ? [] : [timed(onCall)]),
  );
  return bot;
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
