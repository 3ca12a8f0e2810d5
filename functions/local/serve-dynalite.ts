import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServedDynalite {
  endpoint: string;
  /** It alone keeps no process alive. */
  unref: () => void;
  /** Answers what has arrived, then closes the store. */
  close: () => Promise<void>;
}

/** As long as a client waits for an answer. */
const LAST_ANSWERS_MS = 5_000;

/**
 * Lets a dynalite answer on loopback. It throws where nobody can catch it when a request is cut off while it arrives,
 * or is still worked for when the store closes: so neither reaches it.
 * @param options.port any that is free, without it
 */
export async function serveDynalite(
  server: Server,
  options: { port?: number } = {},
): Promise<ServedDynalite> {
  const inHand = watchRequests(server);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unref: () => server.unref(),
    close: () => closeAfter(inHand, server),
  };
}

/** The requests that dynalite works for, whether or not anybody still waits for the answer. */
function watchRequests(server: Server): () => number {
  const responses = new Set<ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // Dynalite's own listener throws; a request that did not end is not worked for.
    request.removeAllListeners('error').on('error', () => {});
    responses.add(response);
    response.once('close', () => {
      if (response.writableEnded || !request.complete) responses.delete(response);
    });
  });
  return () => {
    for (const response of responses) if (response.writableEnded) responses.delete(response);
    return responses.size;
  };
}

async function closeAfter(inHand: () => number, server: Server): Promise<void> {
  // Whoever asks now finds the next owner, as after any lost connection.
  server.removeAllListeners('request').on('request', ({ socket }: IncomingMessage) => socket.destroy());
  for (const until = Date.now() + LAST_ANSWERS_MS; inHand() > 0 && Date.now() < until;) await sleep(5);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
