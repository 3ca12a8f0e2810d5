import { signal } from '@preact/signals';

/** `lost`: the server does not answer, and is asked again and again. */
export const connection = signal<'connecting' | 'open' | 'lost'>('connecting');

const token = document.querySelector<HTMLMetaElement>('meta[name="page-token"]')?.content ?? '';

/** One thing that the server refused or could not do, in its own words. */
class ServerError extends Error {
  override readonly name = 'ServerError';
}

/** @throws ServerError */
export async function post<T>(path: string, body: object = {}): Promise<T> {
  const response = await fetch(`/page/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Page-Token': token },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ServerError('The bot does not answer. Is it still running?');
  });
  const text = await response.text();
  const answer = parsed(text);
  if (answer === undefined) throw new ServerError(text || `The server answered ${response.status}`);
  if (!answer.ok) throw new ServerError(answer.error ?? `The server answered ${response.status}`);
  return answer.result as T;
}

interface Answer {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: string;
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

/** One act of a user, or a look at what the local Telegram holds. @throws ServerError */
export const telegram = <T>(method: string, body: object = {}): Promise<T> =>
  post<T>(`telegram/${method}`, body);

/**
 * Listens to a stream of the server for as long as the page is open. The browser reconnects by itself and names the last
 * event it saw; `onReset` is called where what came in between is not known, and for the first connection.
 */
export function listen<T>(
  path: string,
  { onEvent, onReset }: { onEvent: (event: T) => void; onReset: () => void },
): void {
  let source: EventSource;
  const open = (): void => {
    source = new EventSource(`/page/${path}`);
    source.addEventListener('open', () => (connection.value = 'open'));
    source.addEventListener('reset', onReset);
    source.addEventListener('message', (event) => onEvent(JSON.parse(String(event.data)) as T));
    source.addEventListener('error', () => {
      connection.value = 'lost';
      // A browser that was answered with an error does not ask again.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2_000);
    });
  };
  open();
}
