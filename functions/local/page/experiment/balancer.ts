import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_PATH } from '../../../http/paths.ts';
import type { ConsumerChild } from './consumer-child.ts';

/** As long as Lambda lets one invocation run. */
const INVOCATION_MS = 15_000;

/** Hands each delivery to one of the consumers, as Lambda does: to an idle one where there is one. */
export class Balancer {
  readonly #server: Server;
  readonly #consumers: () => readonly ConsumerChild[];

  private constructor(consumers: () => readonly ConsumerChild[]) {
    this.#consumers = consumers;
    this.#server = createServer((request, response) => this.#forward(request, response));
  }

  static async open(consumers: () => readonly ConsumerChild[]): Promise<Balancer> {
    const balancer = new Balancer(consumers);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${WEBHOOK_PATH}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const consumer = this.#chosen();
    if (consumer === undefined) {
      request.resume();
      response.writeHead(503).end();
      return;
    }
    consumer.inHand += 1;
    const { 'content-type': type, 'x-telegram-bot-api-secret-token': secret } = request.headers;
    const forwarded = httpRequest({
      host: '127.0.0.1',
      port: consumer.port,
      path: WEBHOOK_PATH,
      method: 'POST',
      headers: { 'content-type': type, 'x-telegram-bot-api-secret-token': secret },
      timeout: INVOCATION_MS,
      agent: false,
    });
    const fail = (status: number): void => {
      if (!response.headersSent) response.writeHead(status).end();
    };
    forwarded.on('timeout', () => (fail(504), forwarded.destroy()));
    forwarded.on('error', () => fail(502));
    forwarded.on('close', () => (consumer.inHand -= 1));
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  }

  /** The one with the least in hand; among equals by chance, so that the lease changes hands. */
  #chosen(): ConsumerChild | undefined {
    const able = this.#consumers().filter(({ state, port }) => state !== 'dead' && port !== undefined);
    const least = Math.min(...able.map(({ inHand }) => inHand));
    const idle = able.filter(({ inHand }) => inHand === least);
    return idle[Math.floor(Math.random() * idle.length)];
  }
}
