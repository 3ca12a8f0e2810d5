import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { invokeFunction } from '../../functions/aws/lambda-invoke.ts';
import { repeatRefused } from '../../functions/aws/repeat-refused.ts';

type Answer = (response: ServerResponse) => void;

const refusing =
  (status: number, code: string): Answer =>
  (response) =>
    void response.writeHead(status, { 'x-amzn-errortype': `${code}:http://internal` }).end('{}');
const THROTTLED = refusing(429, 'TooManyRequestsException');
const FORBIDDEN = refusing(403, 'AccessDeniedException');
const answering: Answer = (response) => void response.writeHead(200).end('{"ok":true}');

/** Lambda's Invoke, which gives one request after the other the next of `answers`, and every later one the last. */
let lambda: Server;
let answers: Answer[];
let requests: number;
beforeAll(async () => {
  lambda = createServer((request, response) => {
    request.resume().on('end', () => {
      requests += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response);
    });
  }).listen(0, '127.0.0.1');
  await once(lambda, 'listening');
});
afterAll(() => {
  lambda.closeAllConnections();
  lambda.close();
});
beforeEach(() => {
  requests = 0;
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => vi.unstubAllEnvs());

function invoke(until: AbortSignal): Promise<unknown> {
  return repeatRefused(() => invokeFunction('webhook:7', {}, AbortSignal.timeout(20_000)), {
    pauseMs: 5,
    until,
  });
}

describe('an invocation that Lambda refuses', () => {
  const patient = new AbortController().signal;

  it('is made again until the permission has arrived', async () => {
    answers = [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, answering];
    expect(await invoke(patient)).toEqual({ ok: true });
    expect(requests).toBe(5);
  });

  it('is made again for longer than a single call repeats what is throttled', async () => {
    answers = [...Array.from({ length: 7 }, () => THROTTLED), answering];
    expect(await invoke(patient)).toEqual({ ok: true });
    expect(requests).toBe(8);
  });

  it.each([
    ['the permission', FORBIDDEN, 'lambda answered AccessDeniedException'],
    ['the concurrency', THROTTLED, 'lambda answered TooManyRequestsException'],
  ])(
    'is given up when its time is over and %s still missing, with what Lambda said',
    async (_, always, said) => {
      const patience = new AbortController();
      answers = [
        (response) => {
          if (requests === 8) patience.abort();
          always(response);
        },
      ];
      await expect(invoke(patience.signal)).rejects.toThrow(said);
      // A single call may repeat what is throttled twice by itself.
      expect(requests).toBeGreaterThanOrEqual(8);
      expect(requests).toBeLessThanOrEqual(10);
    },
  );

  it('is made once more at most when its time was up before', async () => {
    answers = [FORBIDDEN];
    await expect(invoke(AbortSignal.abort())).rejects.toThrow('AccessDeniedException');
    expect(requests).toBe(1);
  });

  it.each<[string, Answer, string]>([
    ['its content is at fault', refusing(400, 'InvalidRequestContentException'), 'InvalidRequestContent'],
    ['the version is not there', refusing(404, 'ResourceNotFoundException'), 'ResourceNotFoundException'],
    [
      'the function began and failed',
      (response) =>
        void response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{"errorType":"Crash"}'),
      'the function ended with an error of its own: Crash',
    ],
    ['nobody knows whether it began', (response) => void response.destroy(), 'lambda did not answer'],
  ])('is not made again when %s', async (_, answer, said) => {
    answers = [answer, answering];
    await expect(invoke(patient)).rejects.toThrow(said);
    expect(requests).toBe(1);
  });
});
