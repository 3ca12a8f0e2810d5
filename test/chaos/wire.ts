import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The fate of one request and its answer on the way. */
export type Fate =
  | { kind: 'pass' }
  /** The connection is reset, and nothing reaches the other end. */
  | { kind: 'lose-request' }
  /** It took effect, and the connection is reset instead of the answer. */
  | { kind: 'lose-answer' }
  /** It took effect, and the connection ends in the middle of the answer's body. */
  | { kind: 'cut-answer' }
  | { kind: 'slow-request'; delayMs: number }
  | { kind: 'slow-answer'; delayMs: number };

/** One request as it went over a wire. Times are those of this process. */
export interface Exchange {
  id: number;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  arrivedAtMs: number;
  /** Absent when nothing reached the other end. */
  sentAtMs?: number;
  /** Absent when the other end gave no answer. */
  answeredAtMs?: number;
  status?: number;
  answer?: Buffer;
  fate: Fate['kind'];
  /** The whole answer was handed to a caller who still listened. */
  delivered: boolean;
}

export interface WireOptions {
  /** The other end now; `undefined` while there is none. */
  target: () => string | undefined;
  fate?: (exchange: Exchange) => Fate;
  /** The answer is here and has not been handed on; or none will come. */
  onAnswer?: (exchange: Exchange) => void;
  /** Adds something to the path on its way. */
  pathFor?: (exchange: Exchange) => string;
  /** 504 after this long, as a gateway does. */
  timeoutMs?: number;
}

export interface Wire {
  url: string;
  close(): Promise<void>;
}

let exchanges = 0;

/** A connection between two parties that can be watched, cut and slowed: a reverse proxy over real sockets. */
export async function startWire(options: WireOptions): Promise<Wire> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    // A caller that hangs up is no concern of the other end: what was sent, arrives.
    void carry(request, response, options, agent).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function carry(
  request: IncomingMessage,
  response: ServerResponse,
  options: WireOptions,
  agent: Agent,
): Promise<void> {
  const exchange: Exchange = {
    id: (exchanges += 1),
    path: request.url ?? '/',
    headers: request.headers,
    body: await bodyOf(request),
    arrivedAtMs: performance.now(),
    fate: 'pass',
    delivered: false,
  };
  const fate = options.fate?.(exchange) ?? { kind: 'pass' };
  exchange.fate = fate.kind;
  if (fate.kind === 'lose-request') {
    options.onAnswer?.(exchange);
    return void request.socket.resetAndDestroy();
  }
  if (fate.kind === 'slow-request') await sleep(fate.delayMs);
  const answer = await forward(request, exchange, options, agent);
  options.onAnswer?.(exchange);
  if (fate.kind === 'slow-answer') await sleep(fate.delayMs);
  if (fate.kind === 'lose-answer') return void request.socket.resetAndDestroy();
  if (fate.kind === 'cut-answer') return cut(response, answer);
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
  exchange.delivered = !response.destroyed && answer.status !== 502 && answer.status !== 504;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

async function forward(
  request: IncomingMessage,
  exchange: Exchange,
  options: WireOptions,
  agent: Agent,
): Promise<Answer> {
  const target = options.target();
  if (target === undefined) return gatewayError(502);
  const { timeoutMs } = options;
  const url = new URL(options.pathFor?.(exchange) ?? exchange.path, target);
  const { host: _host, connection: _connection, ...headers } = request.headers;
  try {
    const call = send(url, {
      method: request.method,
      agent,
      headers: { ...headers, 'content-length': exchange.body.length },
      ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
    });
    exchange.sentAtMs = performance.now();
    call.end(exchange.body);
    const [incoming] = (await once(call, 'response')) as [IncomingMessage];
    const body = await bodyOf(incoming);
    exchange.answeredAtMs = performance.now();
    exchange.status = incoming.statusCode ?? 0;
    exchange.answer = body;
    const { 'transfer-encoding': _encoding, connection: _close, ...kept } = incoming.headers;
    return { status: exchange.status, headers: { ...kept, 'content-length': String(body.length) }, body };
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED') delete exchange.sentAtMs;
    return gatewayError(name === 'AbortError' || name === 'TimeoutError' ? 504 : 502);
  }
}

function gatewayError(status: number): Answer {
  const body = Buffer.from('<html><body>Bad Gateway</body></html>');
  return { status, headers: { 'content-type': 'text/html', 'content-length': String(body.length) }, body };
}

function cut(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, answer.headers);
  response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
