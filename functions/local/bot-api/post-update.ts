import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { BotApiClock } from './clock.ts';
import { retryAfterSeconds } from './retry-schedule.ts';

/** Telegram hangs up after this long without a byte from the webhook. */
const READ_TIMEOUT_MS = 60_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface WebhookResponse {
  readonly status: number;
  /** E.g. "503 Service Unavailable". */
  readonly statusLine: string;
  readonly retryAfterS: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly remoteAddress: string | undefined;
}

/**
 * One POST of an update. Redirects are not followed.
 * @throws Error whose message is worded as in getWebhookInfo, when no whole answer came
 */
export function postUpdate(options: {
  url: string;
  secretToken: string;
  body: string;
  clock: BotApiClock;
  signal: AbortSignal;
}): Promise<WebhookResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(options.url);
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const call = request(url, {
      method: 'POST',
      // A connection of its own: a kept-alive one can die between two updates, which would look like a failed attempt.
      agent: false,
      signal: options.signal,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(options.body),
        ...(options.secretToken && { 'X-Telegram-Bot-Api-Secret-Token': options.secretToken }),
      },
    });
    let stopWaiting = (): void => undefined;
    const waitOn = (): void => {
      stopWaiting();
      stopWaiting = options.clock.after(READ_TIMEOUT_MS, () =>
        call.destroy(new Error('Read timeout expired')),
      );
    };
    const fail = (error: Error): void => {
      stopWaiting();
      reject(new Error(inTelegramsWords(error), { cause: error }));
    };
    call.on('error', fail);
    call.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        waitOn();
        size += chunk.length;
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else response.destroy(new Error('Response is too big'));
      });
      response.on('error', fail);
      response.on('end', () => {
        stopWaiting();
        const status = response.statusCode ?? 0;
        resolve({
          status,
          statusLine: `${status} ${response.statusMessage ?? ''}`.trim(),
          retryAfterS: retryAfterSeconds(response.headers['retry-after']),
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks),
          remoteAddress: response.socket.remoteAddress,
        });
      });
    });
    waitOn();
    call.end(options.body);
  });
}

function inTelegramsWords(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ECONNREFUSED':
      return 'Connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'Connection reset by peer';
    case 'ETIMEDOUT':
      return 'Connection timed out';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Failed to resolve host: Name or service not known';
    default:
      return error.message;
  }
}
