import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';

/** Bytes of one act: a document of 45 MB in base64. */
const MAX_BODY_BYTES = 62 * 1024 * 1024;

/** Hands the page's requests to the Bot API server's users' side, which a page of this origin cannot reach itself. */
export class TelegramProxy {
  readonly #apiRoot: string;
  readonly #secret: string;
  readonly #underWay = new Set<ClientRequest>();

  /** The Bot API server wants this secret from a caller that acts for its users. */
  constructor(options: { apiRoot: string; secret: string }) {
    this.#apiRoot = options.apiRoot;
    this.#secret = options.secret;
  }

  async answer(request: IncomingMessage, response: ServerResponse, method: string): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      request.resume();
      response.writeHead(413, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ ok: false, error: 'A document of more than 45 MB cannot be sent here' }));
      return;
    }
    const lastEventId = request.headers['last-event-id'];
    const forwarded = httpRequest(`${this.#apiRoot}/local/${method}`, {
      method: request.method,
      headers: {
        Authorization: `Bearer ${this.#secret}`,
        'Content-Type': 'application/json',
        ...(typeof lastEventId === 'string' && { 'Last-Event-ID': lastEventId }),
      },
    });
    this.#underWay.add(forwarded);
    const over = new Promise<void>((resolve) => {
      forwarded.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, {
          'Content-Type': answer.headers['content-type'] ?? 'application/json',
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
        });
        response.flushHeaders();
        pipeline(answer, response, () => resolve());
      });
      forwarded.on('error', () => {
        if (!response.headersSent) {
          response.writeHead(502, { 'Content-Type': 'application/json' });
          response.end(JSON.stringify({ ok: false, error: 'The local Telegram does not answer' }));
        } else response.destroy();
        resolve();
      });
      response.on('close', () => forwarded.destroy());
      pipeline(request, forwarded, () => {});
    });
    await over;
    this.#underWay.delete(forwarded);
  }

  close(): void {
    for (const request of this.#underWay) request.destroy();
  }
}
