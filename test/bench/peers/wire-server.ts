/**
 * The network of a bench, in a process of its own: a Telegram that answers at once, and DynamoDB behind a delay.
 * Argument: the store's endpoint. Messages say what to do, see {@link WireRequest}.
 */
import { once } from 'node:events';
import { Agent, createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WireRequest = { storeMs: number; telegramMs: number; isCounting: boolean } | 'counts';

export interface Counts {
  requests: number;
  /** A write whose condition is false costs one, as on AWS. */
  writeUnits: number;
  readUnits: number;
}

export type WireReport = { url: string } | { done: true } | { counts: Counts };

const [storeEndpoint = ''] = process.argv.slice(2);
const store = new URL(storeEndpoint);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
let how = { storeMs: 0, telegramMs: 0, isCounting: false };
let counts: Counts = noCounts();

const server = createServer((request, response) => void serve(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const report = (message: WireReport): void => void process.send?.(message);
process.on('message', (message: WireRequest) => {
  if (message === 'counts') {
    report({ counts });
    counts = noCounts();
  } else {
    how = message;
    report({ done: true });
  }
});
process.on('disconnect', () => process.exit());
report({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

function noCounts(): Counts {
  return { requests: 0, writeUnits: 0, readUnits: 0 };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const isOfStore = request.headers['x-amz-target'] !== undefined;
  const [answer] = await Promise.all([
    isOfStore ? storeAnswer(request, body) : telegramAnswer(body),
    elapsed(isOfStore ? how.storeMs : how.telegramMs),
  ]);
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
}

interface Answer {
  status: number;
  type: string;
  body: Buffer | string;
}

function telegramAnswer(body: Buffer): Answer {
  const { chat_id: id } = JSON.parse(body.toString() || '{}') as { chat_id?: number };
  const message = {
    message_id: 1,
    date: 0,
    chat: { id, type: 'private', first_name: 'Bench' },
    text: 'sent',
  };
  return {
    status: 200,
    type: 'application/json',
    body: JSON.stringify({ ok: true, result: message }),
  };
}

async function storeAnswer(request: IncomingMessage, body: Buffer): Promise<Answer> {
  const sent = how.isCounting
    ? Buffer.from(
        JSON.stringify({ ...(JSON.parse(body.toString()) as object), ReturnConsumedCapacity: 'TOTAL' }),
      )
    : body;
  const headers = { ...request.headers, host: store.host, 'content-length': String(sent.length) };
  const passed = ask({ host: store.hostname, port: store.port, method: 'POST', path: '/', headers, agent });
  passed.end(sent);
  const [answer] = (await once(passed, 'response')) as [IncomingMessage];
  const bytes = await bodyOf(answer);
  const status = answer.statusCode ?? 502;
  if (how.isCounting) count(String(request.headers['x-amz-target']), status, bytes);
  return { status, type: String(answer.headers['content-type']), body: bytes };
}

function count(target: string, status: number, answer: Buffer): void {
  const { ConsumedCapacity: told } = JSON.parse(answer.toString()) as {
    ConsumedCapacity?: { CapacityUnits: number } | { CapacityUnits: number }[];
  };
  const units = [told ?? []].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  counts.requests += 1;
  if (/(Put|Update|Delete)Item/.test(target)) counts.writeUnits += status === 200 ? units : 1;
  else counts.readUnits += units;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function elapsed(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
