import type { Transformer } from 'grammy/web';

/**
 * Ends a call, and every wait of an inner transformer, with a signal.
 * @param signalOf asked at each call
 */
export function endBySignal(signalOf: () => AbortSignal): Transformer {
  // grammY's types name the signal of a polyfill; what it passes on is the platform's own.
  type GrammySignal = Parameters<Transformer>[3];
  return (prev, method, payload, signal) => {
    const signals = [signalOf(), ...(signal === undefined ? [] : [signal as unknown as AbortSignal])];
    return prev(method, payload, AbortSignal.any(signals) as unknown as GrammySignal);
  };
}
