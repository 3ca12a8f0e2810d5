import { isLoopback } from '../machine/loopback.ts';
import { badRequest } from './api-error.ts';
import type { Arguments } from './arguments.ts';

export interface WebhookSetting {
  readonly url: string;
  readonly secretToken: string;
  readonly maxConnections: number;
}

const PORTS = ['', '443', '80', '88', '8443'];

/** Reads and checks the arguments of setWebhook. @throws ApiError 400 */
export function webhookSetting(args: Arguments): WebhookSetting {
  const given = args.text('url');
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`;
  const secretToken = args.text('secret_token');
  checkUrl(url);
  if (secretToken.length > 256) throw badRequest('secret token is too long');
  if (!/^[A-Za-z0-9_-]*$/.test(secretToken)) throw badRequest('secret token contains unallowed characters');
  return {
    url,
    secretToken,
    maxConnections: args.integer('max_connections', { default: 40, min: 1, max: 100 }),
  };
}

/** Telegram's rule is HTTPS on four ports; being a local server, this one also takes anything on the loopback interface. */
function checkUrl(url: string): void {
  if (!URL.canParse(url)) throw badRequest('invalid webhook URL specified');
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw badRequest('invalid webhook URL specified');
  if (isLoopback(hostname)) return;
  if (protocol === 'http:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!PORTS.includes(port))
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
}
