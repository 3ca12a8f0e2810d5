/** The page's address, in what a start has printed. */
export function addressIn(output: string): string {
  const address = /http:\/\/localhost:\d+\/\?key=\S+/.exec(output)?.[0];
  if (address === undefined) throw new Error(`There is no address in: ${output}`);
  return address;
}

/** Asks a page's server for whatever the page itself can ask for. */
export class PageCaller {
  readonly #origin: string;
  readonly #headers: Record<string, string>;
  #people = 1_000;

  private constructor(origin: string, headers: Record<string, string>) {
    this.#origin = origin;
    this.#headers = headers;
  }

  /** `address` is the one that a start prints. */
  static async of(address: string): Promise<PageCaller> {
    const opened = await fetch(address);
    const token = /name="page-token" content="([^"]+)"/.exec(await opened.text())?.[1] ?? '';
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    return new PageCaller(new URL(address).origin, { cookie, 'x-page-token': token });
  }

  /** @throws Error with the server's words */
  async ask<T>(path: string, body: object = {}): Promise<T> {
    const response = await fetch(`${this.#origin}/page/${path}`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { ok, result, error } = (await response.json()) as Answer<T>;
    if (!ok) throw new Error(error);
    return result;
  }

  /** Somebody new, so that a test has a chat of its own. @returns the id */
  async person(language = 'en'): Promise<number> {
    const id = (this.#people += 1);
    await this.ask('telegram/user', { id, first_name: `Person ${id}`, language_code: language });
    return id;
  }
}

interface Answer<T> {
  readonly ok: boolean;
  readonly result: T;
  readonly error?: string;
}
