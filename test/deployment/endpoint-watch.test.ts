import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { answeringSince, askEndpoint } from '../../functions/deployment/endpoint-watch.ts';

const HANDLED = {
  status: 200,
  body: '{"outcome":"done"}',
  calls: ['sendChatAction', 'sendMessage'],
  version: '1',
};
const json =
  (status: number, body: object): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(JSON.stringify(body));
const hangUp: RequestListener = (_, response) => void response.destroy();

/** Asks a server that answers its first request by the first of these, and all further ones by the last. */
async function seenOf(...answers: RequestListener[]): Promise<{ seen: unknown; asked: number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    answers[Math.min(asked, answers.length) - 1]!(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/webhook`;
  try {
    return { seen: await askEndpoint({ url, secretToken: 'secret', nowMs: Date.now }), asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.concurrent('learns the version that handled a signed synthetic update', async () => {
  let headers: unknown;
  const { seen, asked } = await seenOf((request, response) => {
    ({ headers } = request);
    json(200, HANDLED)(request, response);
  });
  expect(headers).toMatchObject({ 'x-telegram-bot-api-secret-token': 'secret', 'x-synthetic-update': '1' });
  expect({ seen, asked }).toEqual({ seen: { version: '1' }, asked: 1 });
});

// Each waits two seconds before it asks again.
it.concurrent.each([
  ['a refusal', json(401, { error: 'wrong or missing secret token' }), { problem: 'HTTP 401' }],
  ['an error of the API', json(500, { message: 'Internal Server Error' }), { problem: 'HTTP 500' }],
  ['a page of somebody else', json(200, {}), { problem: 'another program answers' }],
  ['a hang-up', hangUp, { problem: 'no answer' }],
  [
    'a version that tells nobody anything',
    json(200, { ...HANDLED, calls: ['sendChatAction'] }),
    { version: '1', problem: 'it was not answered in the chat' },
  ],
])('takes %s for a problem when it meets it twice', async (_, answer, seen) => {
  expect(await seenOf(answer)).toEqual({ seen, asked: 2 });
});

it.concurrent('forgives one bad answer', async () => {
  expect(await seenOf(hangUp, json(200, HANDLED))).toEqual({ seen: { version: '1' }, asked: 2 });
});

it.concurrent('cannot tell when the API throttles it', async () => {
  expect(await seenOf(json(429, {}))).toEqual({ seen: undefined, asked: 1 });
});

it.each([
  ['another version than before', '1.0.0', 900],
  ['the version as before', '2.0.0', 500],
  ['nobody', undefined, undefined],
])('The time since which %s answers is noted', (_, version, sinceMs) => {
  const former = { answeringVersion: '2.0.0', answeringSinceMs: 500 };
  const seen = version === undefined ? { problem: 'no answer' } : { version };
  expect(answeringSince(seen, former, 900)).toBe(sinceMs);
});
