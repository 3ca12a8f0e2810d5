import { SECRET_HEADER } from '../http/receive.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { PROBE_TIMEOUT_MS, whyNoAnswer } from './health-probe.ts';

export type WebhookAnswer =
  | { accepts: true }
  /** The webhook does not let in the updates that Telegram delivers now. */
  | { accepts: false; reason: string };

/**
 * Whether an update would be let in at the webhook's address, by a request that holds none: a body that is no update is
 * refused (400) once its secret was accepted, and changes nothing.
 * @param secrets Telegram may send any of them while a secret is being rotated; without one, being asked for it (401)
 * says that the bot is there
 */
export async function askWebhook(url: string, secrets: readonly string[]): Promise<WebhookAnswer> {
  const known: readonly (string | undefined)[] = secrets.length === 0 ? [undefined] : secrets;
  let answer: WebhookAnswer = { accepts: false, reason: 'it was not asked' };
  for (const secret of known) {
    answer = await askWith(url, secret);
    if (answer.accepts) break;
  }
  return answer;
}

/** Those that the deployed functions let in, once they have read them anew. */
export function storedWebhookSecrets({ webhookSecret, previousWebhookSecret }: TelegramSecrets): string[] {
  return [webhookSecret, previousWebhookSecret].filter((secret) => secret !== undefined);
}

async function askWith(url: string, secret: string | undefined): Promise<WebhookAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret !== undefined && { [SECRET_HEADER]: secret }),
      },
      body: '{}',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      redirect: 'error',
    });
    const { status } = response;
    const problem = problemIn(await response.text());
    if (problem !== undefined && status === (secret === undefined ? 401 : 400)) return { accepts: true };
    if (problem !== undefined && status === 401)
      return { accepts: false, reason: 'it refuses the webhook secret that is stored (HTTP 401)' };
    if (status >= 500)
      return { accepts: false, reason: `HTTP ${status}${problem === undefined ? '' : ` (${problem})`}` };
    if (status === 404)
      return {
        accepts: false,
        reason: 'no webhook is there (HTTP 404): the path of a stack’s is in its output WebhookUrl',
      };
    return { accepts: false, reason: `another program answers there (HTTP ${status})` };
  } catch (error) {
    return { accepts: false, reason: whyNoAnswer(error) };
  }
}

/** The bot's words about a request that it refuses. */
function problemIn(text: string): string | undefined {
  try {
    const { error } = (JSON.parse(text) ?? {}) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
