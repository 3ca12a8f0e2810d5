import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError, type Transformer } from 'grammy/web';

/**
 * Makes a call again that Telegram did not answer: a connection that was dead, a time limit. It may have been carried
 * out all the same, so this is for calls that may be repeated.
 * @param options.retries after the first try
 * @param options.pauseMs before the first of them; each further pause is as much longer
 * @param options.methods only these; by default every one
 */
export function retryUnanswered(options: {
  retries: number;
  pauseMs: number;
  methods?: readonly string[];
}): Transformer {
  const { retries, pauseMs, methods } = options;
  return async (prev, method, payload, signal) => {
    const limit = methods?.includes(method) === false ? 0 : retries;
    for (let tries = 1; ; tries += 1) {
      try {
        return await prev(method, payload, signal);
      } catch (error) {
        if (!(error instanceof HttpError) || tries > limit || signal?.aborted) throw error;
        await sleep(pauseMs * tries);
      }
    }
  };
}
