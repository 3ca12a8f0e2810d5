import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusedAsStranger } from '../machine/loopback.ts';
import { entityTag } from './assets.ts';
import type { Assets } from './build.ts';
import { CONTENT_SECURITY_POLICY, lockedDocument, pageDocument } from './documents.ts';
import type { GuaranteeApi } from './guarantee-api.ts';
import type { Session } from './session.ts';
import type { TelegramProxy } from './telegram-proxy.ts';

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * The page of a local run, below `/` and `/page/` of the HTTP front: its documents and files, the Bot API server's users'
 * side under `/page/telegram/`, and the running system under `/page/guarantee/`.
 */
export class PageServer {
  readonly #session: Session;
  readonly #assets: Assets;
  readonly #telegram: TelegramProxy | undefined;
  readonly #guarantee: GuaranteeApi;

  constructor(options: {
    session: Session;
    assets: Assets;
    /** Absent where the bot talks to the real Telegram: there is no chat then. */
    telegram: TelegramProxy | undefined;
    guarantee: GuaranteeApi;
  }) {
    this.#session = options.session;
    this.#assets = options.assets;
    this.#telegram = options.telegram;
    this.#guarantee = options.guarantee;
  }

  /** The address to click. */
  address(port: number): string {
    return this.#session.address(port);
  }

  /** True when the request is the page's, and is being answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.url ?? '/';
    if (!/^\/(\?|$|page\/)/.test(target) || !URL.canParse(target, 'http://localhost')) return false;
    void this.#answer(request, response, new URL(target, 'http://localhost')).catch(() => response.destroy());
    return true;
  }

  /** Ends what streams. */
  close(): void {
    this.#telegram?.close();
    this.#guarantee.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const refused = refusedAsStranger(request.headers, { ownPage: true });
    if (refused !== undefined) return send(response, 403, 'text/plain', refused);
    const port = request.socket.localPort ?? 0;
    const file = { '/page/main.js': this.#assets.script, '/page/main.css': this.#assets.style }[url.pathname];
    if (file !== undefined) return this.#file(request, response, { path: url.pathname, content: file });
    if (url.pathname === '/') return this.#document(request, response, url);
    if (!this.#session.mayRead(request, port)) {
      return send(response, 401, 'text/plain', 'Open the address that the bot printed at its start.');
    }
    if (request.method !== 'GET' && !this.#session.mayAct(request, port)) {
      return send(response, 403, 'text/plain', 'Only the page itself may do that. Load it again.');
    }
    const [, , room, ...rest] = url.pathname.split('/');
    const path = rest.join('/');
    if (room === 'telegram' && this.#telegram !== undefined) {
      return this.#telegram.answer(request, response, path);
    }
    if (room === 'guarantee') return this.#guarantee.answer(request, response, path);
    return send(response, 404, 'text/plain', 'There is no such page.');
  }

  async #document(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const port = request.socket.localPort ?? 0;
    const key = url.searchParams.get('key');
    if (key !== null && this.#session.opensWith(key)) {
      response.setHeader('Set-Cookie', this.#session.cookieFor(port));
    } else if (!this.#session.mayRead(request, port)) {
      return send(response, 401, 'text/html', lockedDocument());
    }
    return send(response, 200, 'text/html', pageDocument(this.#session.actionToken));
  }

  #file(
    request: IncomingMessage,
    response: ServerResponse,
    { path, content }: { path: string; content: string },
  ): void {
    const tag = entityTag(content);
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, { ETag: tag }).end();
      return;
    }
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/css';
    response.setHeader('ETag', tag);
    send(response, 200, type, content, 'no-cache');
  }
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  caching = HEADERS['Cache-Control'],
): void {
  response
    .writeHead(status, { ...HEADERS, 'Cache-Control': caching, 'Content-Type': `${type}; charset=utf-8` })
    .end(body);
}
