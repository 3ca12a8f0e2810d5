import { Arguments } from './arguments.ts';
import type { WebhookResponse } from './post-update.ts';

/** Methods that a webhook's answer cannot call. */
const EXCLUDED = ['setwebhook', 'deletewebhook', 'close', 'logout'];

/** The call in the body of a webhook's 2xx answer, if there is one that Telegram would make. */
export function webhookReply(response: WebhookResponse): { method: string; args: Arguments } | undefined {
  const args = replyArguments(response);
  const method = args?.text('method') ?? '';
  const name = method.toLowerCase();
  if (!args || name === '' || name.startsWith('get') || EXCLUDED.includes(name)) return undefined;
  return { method, args };
}

function replyArguments({ contentType, body }: WebhookResponse): Arguments | undefined {
  const text = body.toString('utf8');
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return new Arguments(new Map(new URLSearchParams(text)));
  }
  if (!contentType.startsWith('application/json')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? Arguments.fromObject(parsed) : undefined;
  } catch {
    return undefined;
  }
}
