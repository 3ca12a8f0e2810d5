import { VARIABLES } from '../../settings/settings.ts';
import { UsageError } from '../usage-error.ts';

/** The ways to AWS and Telegram. */
const WAYS = new RegExp(
  [
    '^AWS_(REGION$|DEFAULT_REGION$|PROFILE$|CONFIG_FILE$|SHARED_CREDENTIALS_FILE$|CA_BUNDLE$|ENDPOINT_URL)',
    '^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$',
  ].join('|'),
);

/** The command line of the service says these. */
const SAID_BY_COMMAND: ReadonlySet<string> = new Set(['PORT', 'BOT_DATA']);

/** Whether a service may need this variable of the installing user's environment. */
function isPassedOn(name: string): boolean {
  return WAYS.test(name) || (Object.hasOwn(VARIABLES, name) && !SAID_BY_COMMAND.has(name));
}

/**
 * The variables of a service, in the form that both systemd and `node --env-file` read.
 * @throws UsageError that names a variable whose value has no such form
 */
export function environmentFile(env: Record<string, string | undefined>): string {
  const lines = ['# The variables of the bot. Nobody but its owner may read this file: it holds the token.'];
  for (const [name, value] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isPassedOn(name) || value === undefined) continue;
    if (/["'\\$`\n\r]/.test(value)) {
      throw new UsageError(
        `${name} holds a character that the service’s environment file cannot: ' " \\ $ \` or a line break`,
      );
    }
    lines.push(`${name}="${value}"`);
  }
  const hasToken = env['TELEGRAM_BOT_TOKEN'] ?? env['TELEGRAM_BOT_TOKEN_PARAMETER'];
  if (hasToken === undefined) lines.push('# TELEGRAM_BOT_TOKEN="123456:ABC..."');
  return `${lines.join('\n')}\n`;
}
