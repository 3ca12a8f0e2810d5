import type { TraceEntry } from './timeline/trace.ts';

/** Calls that keep a poller informed are no effect of an update. */
const UNTRACED: ReadonlySet<string> = new Set(['getUpdates', 'getWebhookInfo', 'getMe']);

/** A `fetch` that reports the calls of the Bot API that it sends, once they have ended. */
export function tracedFetch(
  send: typeof fetch,
  options: { process: string; record: (entry: TraceEntry) => void },
): typeof fetch {
  const { process, record } = options;
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const method = url.slice(url.lastIndexOf('/') + 1);
    const atMs = Date.now();
    const ended = (answer: 'ok' | 'refused' | 'none'): void => {
      if (!UNTRACED.has(method))
        record({ type: 'call', atMs, endedAtMs: Date.now(), process, method, answer });
    };
    try {
      const response = await send(input, init);
      ended(response.ok ? 'ok' : 'refused');
      return response;
    } catch (error) {
      ended('none');
      throw error;
    }
  };
}
