import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { unusableFile } from '../store/data-folder-error.ts';
import { isSameSecret } from '../machine/loopback.ts';
import { createPrivateFolder, writePrivateFile } from '../machine/private-files.ts';

const KEY_PATTERN = /^[A-Za-z0-9_-]{32,}$/;

/**
 * The right to see the page and to act through it. The key is in a file that only its owner can read, and in the address that
 * the start prints; a browser trades it for a cookie. A request that changes anything needs a token as well, which stands in the
 * page itself: a page of another origin can make a browser send the cookie, but not read the token.
 */
export class Session {
  readonly key: string;
  readonly actionToken: string;
  readonly #cookie: string;

  /** @throws DataFolderError when the file cannot be read or written */
  constructor(keyFile: string) {
    this.key = keptKey(keyFile);
    this.#cookie = this.#derived('cookie');
    this.actionToken = this.#derived('action');
  }

  /** That of the bot of a data folder. @throws DataFolderError when its key cannot be read or kept */
  static of(dataFolder: string): Session {
    return new Session(join(dataFolder, 'page-key'));
  }

  /** The address to click. */
  address(port: number): string {
    return `http://localhost:${port}/?key=${this.key}`;
  }

  /** The cookie's name holds the port, since cookies are shared by all ports of a host. */
  cookieFor(port: number): string {
    return `${cookieName(port)}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`;
  }

  opensWith(key: string): boolean {
    return isSameSecret(key, this.key);
  }

  /** Whether the request carries the cookie. */
  mayRead(request: IncomingMessage, port: number): boolean {
    const cookies = (request.headers.cookie ?? '').split('; ');
    const value = cookies.find((cookie) => cookie.startsWith(`${cookieName(port)}=`))?.split('=')[1];
    return value !== undefined && isSameSecret(value, this.#cookie);
  }

  mayAct(request: IncomingMessage, port: number): boolean {
    return (
      this.mayRead(request, port) && isSameSecret(String(request.headers['x-page-token']), this.actionToken)
    );
  }

  #derived(purpose: string): string {
    return createHmac('sha256', this.key).update(`page-${purpose}`).digest('base64url');
  }
}

const cookieName = (port: number): string => `agent_factory_page_${port}`;

function keptKey(file: string): string {
  try {
    const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    const key = KEY_PATTERN.test(kept) ? kept : randomBytes(24).toString('base64url');
    createPrivateFolder(dirname(file));
    // Written anew each time: a file that others could read is theirs no longer.
    writePrivateFile(file, `${key}\n`);
    return key;
  } catch (error) {
    throw unusableFile(file, error);
  }
}
