import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN } from './parties.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly ok: boolean;
  readonly result: unknown;
  readonly error_code: number | undefined;
  readonly description: string | undefined;
  readonly parameters: Record<string, unknown> | undefined;
}

/** One call over plain HTTP, with JSON. */
export function rawCall(
  server: Pick<BotApiServer, 'apiRoot'>,
  method: string,
  payload: object = {},
  init: RequestInit = {},
): Promise<RawAnswer> {
  return rawRequest(`${server.apiRoot}/bot${TOKEN}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
    ...init,
  });
}

export async function rawRequest(url: string, init?: RequestInit): Promise<RawAnswer> {
  const response = await fetch(url, init);
  const body = (await response.json()) as Omit<RawAnswer, 'status' | 'headers'>;
  return { ...body, status: response.status, headers: response.headers };
}
