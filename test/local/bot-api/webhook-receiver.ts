import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Update } from 'grammy/types';

export interface Received {
  readonly update: Update;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly response: ServerResponse;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** How to answer from now on; 200 at first. */
  answer: (received: Received) => void;
  close(): Promise<void>;
}

/** A webhook over real HTTP that answers as the test wishes. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const update = JSON.parse(Buffer.concat(chunks).toString()) as Update;
      const one = { update, headers: request.headers, path: request.url ?? '', response };
      received.push(one);
      receiver.answer(one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/webhook`,
    received,
    answer: answerWith(200),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export const answerWith =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  ({ response }: Received): void => {
    response.writeHead(status, headers).end(body);
  };
