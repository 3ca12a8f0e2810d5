import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOfCall } from './dynamodb-call.ts';
import { isSameSecret, refusedAsStranger } from '../machine/loopback.ts';

export interface ServedDynalite {
  endpoint: string;
  /** It alone keeps no process alive. */
  unref: () => void;
  /** Answers what has arrived, then closes the store. */
  close: () => Promise<void>;
}

/** As long as a client waits for an answer. */
const LAST_ANSWERS_MS = 5_000;

/** The limit of DynamoDB. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

type Work = (request: EventEmitter, response: ServerResponse) => void;

/**
 * Lets a dynalite answer on loopback. It throws where nobody can catch it when a request is cut off while it arrives,
 * is of a shape that it did not foresee, or is still worked for when the store closes: so none of them reaches it.
 * @param options.port any that is free, without it
 * @param options.accessKeyId each request has to be signed with it; where it is absent, anybody who is no web page may
 * ask
 */
export async function serveDynalite(
  server: Server,
  options: { port?: number; accessKeyId?: string } = {},
): Promise<ServedDynalite> {
  const [work] = server.listeners('request') as Work[];
  const working = new Set<ServerResponse>();
  server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    const hand = (call: EventEmitter): void => {
      working.add(response);
      response.once('close', () => response.writableEnded && working.delete(response));
      work!(call, response);
    };
    answer({ request, response, hand, accessKeyId: options.accessKeyId }).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unref: () => server.unref(),
    close: () => closeAfter(working, server),
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  hand: (call: EventEmitter) => void;
  accessKeyId: string | undefined;
}

async function answer({ request, response, hand, accessKeyId }: Exchange): Promise<void> {
  const stranger = refusedAsStranger(request.headers);
  if (stranger !== undefined) return refuse(response, 403, 'AccessDeniedException', stranger);
  if (accessKeyId !== undefined && !isSameSecret(accessKeyOf(request), accessKeyId)) {
    const message = 'The access key id is not the one in store.json of the data folder';
    return refuse(response, 400, 'UnrecognizedClientException', message);
  }
  const body = await bodyOf(request);
  if (body === undefined)
    return refuse(response, 413, 'RequestTooLargeException', 'The request is too large');
  const problem = problemOfCall(body);
  if (problem !== undefined) return refuse(response, 400, problem.type, problem.message);
  try {
    replay(request, body, hand);
  } catch (error) {
    // Whatever else it did not foresee.
    refuse(response, 500, 'InternalServerError', (error as Error).message);
  }
}

function accessKeyOf(request: IncomingMessage): string {
  const signed = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1];
  const inQuery = new URLSearchParams((request.url ?? '').split('?')[1]).get('X-Amz-Credential');
  return signed ?? inQuery?.split('/')[0] ?? '';
}

/** `undefined` when there is more of it than DynamoDB takes. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  return size > MAX_REQUEST_BYTES ? undefined : Buffer.concat(chunks);
}

/** The request once more, whole and at once: what is thrown over it comes back to the caller. */
function replay({ method, url, headers }: IncomingMessage, body: Buffer, hand: Exchange['hand']): void {
  const call = Object.assign(new EventEmitter(), { method, url, headers });
  hand(call);
  if (body.length > 0) call.emit('data', body);
  call.emit('end');
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const body = JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message });
  // The rest of what is refused is not read.
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0', Connection: 'close' });
  response.end(body);
}

async function closeAfter(working: ReadonlySet<ServerResponse>, server: Server): Promise<void> {
  // A client that asks now finds the next owner, as after any lost connection.
  server.removeAllListeners('request').on('request', ({ socket }: IncomingMessage) => socket.destroy());
  const inHand = (): number => [...working].filter((response) => !response.writableEnded).length;
  for (const until = Date.now() + LAST_ANSWERS_MS; inHand() > 0 && Date.now() < until;) await sleep(5);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
