import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { PageServer } from './page/page-server.ts';
import type { HealthReport } from '../status/report.ts';
import { jsonReply, type HttpReply, type HttpRequest } from '../http/http.ts';
import { MAX_BODY_BYTES } from '../http/receive.ts';
import { HEALTH_PATH, WEBHOOK_PATH } from '../http/paths.ts';
import { listen } from './machine/listen.ts';
import { isLoopback, refusedAsStranger } from './machine/loopback.ts';

export interface HttpFront {
  port: number;
  /** Waits for the requests that have arrived whole; one that is still arriving is cut off. */
  close(): Promise<void>;
}

/**
 * The HTTP contract on loopback, the same as API Gateway serves it.
 * @throws PortInUseError
 */
export async function startHttpFront(options: {
  port: number;
  receive: (request: HttpRequest) => Promise<HttpReply>;
  health: () => Promise<HealthReport>;
  /** Where it is reached; every loopback address without it. Elsewhere it may be asked for its health by any name. */
  host?: string;
  /** As long as the requests in hand may take at the end. */
  closeWithinMs?: number;
  /** The page of a local run; absent where there is none. */
  page?: PageServer;
}): Promise<HttpFront> {
  const inHand = new Set<Promise<void>>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.page?.handle(request, response) === true) return;
    void readBody(request)
      .then((body) => {
        const answered = respond({ request, body, response }, options).catch(() => void response.destroy());
        inHand.add(answered);
        return answered.finally(() => inHand.delete(answered));
      })
      .catch(() => response.destroy());
  };
  const servers = await listen(answer, options);
  const { port } = servers[0].address() as AddressInfo;
  return {
    port,
    close: async () => {
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
      }
      options.page?.close();
      const late = new AbortController();
      const answered = Promise.all(inHand).then(() => late.abort());
      await Promise.race([answered, sleep(options.closeWithinMs ?? CLOSE_WITHIN_MS, late.signal)]);
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

const CLOSE_WITHIN_MS = 30_000;

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function respond(
  exchange: { request: IncomingMessage; body: Uint8Array; response: ServerResponse },
  options: Parameters<typeof startHttpFront>[0],
): Promise<void> {
  const { request, body, response } = exchange;
  const pathname = pathOf(request.url ?? '/');
  // The webhook has its secret, and may come through a proxy under any name.
  const stranger =
    pathname === WEBHOOK_PATH
      ? undefined
      : refusedAsStranger(request.headers, {
          ownPage: true,
          names: options.host === undefined || isLoopback(options.host) ? 'loopback' : 'any',
        });
  let reply: HttpReply;
  if (pathname === WEBHOOK_PATH && request.method === 'POST') {
    reply = await options.receive({ headers: headersOf(request), body });
  } else if (stranger !== undefined) {
    reply = jsonReply(403, { error: stranger });
  } else if (pathname === HEALTH_PATH && (request.method === 'GET' || request.method === 'HEAD')) {
    const report = await options.health();
    reply = jsonReply(report.status === 'running' ? 200 : 503, report);
  } else {
    const known = pathname === WEBHOOK_PATH || pathname === HEALTH_PATH;
    reply = jsonReply(known ? 405 : 404, { error: known ? 'method not allowed' : 'not found' });
  }
  // Its caller has hung up meanwhile.
  if (response.destroyed || request.socket.destroyed) return;
  response.writeHead(reply.status, reply.headers);
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    // Node does not close a response that waits behind another one when their connection ends.
    request.socket.once('close', resolve);
    response.end(request.method === 'HEAD' ? undefined : reply.body);
  });
}

/** `undefined` for what is no path, such as `//`. */
function pathOf(target: string): string | undefined {
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost').pathname : undefined;
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
}

/** One byte more than the limit is enough for the contract to refuse it; the rest is not kept. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES + 1);
}
