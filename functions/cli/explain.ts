import type { HttpError } from 'grammy/web';
import type { PortOwner } from '../local/machine/port-owner.ts';
import type { Neighbour } from '../local/machine/meeting-point.ts';
import type { StoreRefusal, StoreUnavailableError } from '../lease/store-unavailable.ts';
import { describeHolder, pidHere, processIdentity, userName } from '../local/machine/process-identity.ts';
import { whyUnanswered } from '../telegram/unanswered.ts';
import { commandForThisBot, commandLine } from './invocation.ts';

/** Errors are distinguished by name, since importing their classes would load everything that throws them. */
export function isUsageError(error: unknown): boolean {
  const name = nameOf(error);
  // A fault of the environment stays, however often a service starts again.
  return (
    name === 'UsageError' || name === 'SettingsError' || (error as Error).message === 'Region is missing'
  );
}

/**
 * The words that explain an error to an operator: what happened, and what to do next.
 * @param options.debug adds the stack
 */
export function explain(error: unknown, options: { args: readonly string[]; debug: boolean }): string {
  const text = sentence(error, options.args);
  if (!options.debug || !(error instanceof Error)) return text;
  const causes: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    causes.push(cause.stack ?? cause.message);
  return `${text}\n\n${causes.join('\ncaused by ')}`;
}

function sentence(error: unknown, args: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  switch (nameOf(error)) {
    case 'AlreadyRunningError':
      return alreadyRunning(error as { holder?: string }, args);
    case 'LayoutChangingError':
      return `❌ The partitions are being changed, or a change was cut short, so nobody is granted the lease. Wait for it, or see ${commandForThisBot('doctor', [], args)}.`;
    case 'LayoutLostError': {
      const repair = [String((error as { partitions: number }).partitions), '--repair'];
      return `❌ ${message}: ${commandForThisBot('partitions set', repair, args)}`;
    }
    case 'BotInUseError':
      return botInUse((error as { by: Neighbour }).by, args);
    case 'LeaseLostError':
      return leaseLost(error as { holder?: string }, args);
    case 'PortInUseError': {
      const { by } = error as { by?: PortOwner };
      const stop = by && commandLine('stop', ['--data', by.dataFolder]);
      return `❌ ${message}${stop === undefined ? '' : `: ${stop}`}`;
    }
    case 'TokenInUseError':
      return tokenInUse(message, args);
    case 'GrammyError':
      return telegramRefused(error as { error_code: number; description: string; method: string }, args);
    case 'HttpError':
      return `❌ Telegram cannot be reached (${whyUnanswered(error as HttpError)}). Check the network and TELEGRAM_API_ROOT, then try again.${proxyHint(process.env)}`;
    case 'StoreUnavailableError':
      return `❌ ${storeUnavailable(error as StoreUnavailableError)}`;
    case 'CredentialsProviderError':
      return `❌ ${NO_CREDENTIALS}`;
    case 'AccessDeniedException':
      return `❌ AWS does not allow this: ${message}`;
    case 'AbortError':
      return '❌ Interrupted.';
    case 'CorruptSnapshotError':
      return `❌ The live version of the knowledge base is damaged (${message}): ${commandForThisBot('kb rebuild', [], args)} mends it`;
    default:
      // The SDK gives this one no name.
      if (message === 'Region is missing') return `❌ ${NO_REGION}`;
      if (isForOperator(error)) return `❌ ${message}`;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EMFILE' || code === 'ENFILE')
        return `❌ ${message}\nRaise the limit (ulimit -n 1024, or LimitNOFILE= of a service), then try again.`;
      // A checkout that was updated; the packed command has its packages in it.
      if (code === 'ERR_MODULE_NOT_FOUND')
        return `❌ ${message}\nInstall what the checkout needs: npm ci --include=dev`;
      return `❌ ${message}\nUnexpected error; add --debug to see its stack.`;
  }
}

/** A mark of the error itself, since importing its class would load everything that throws it. */
function isForOperator(error: unknown): boolean {
  return error instanceof Error && 'forOperator' in error;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

/** Node.js asks no proxy by itself: https://nodejs.org/api/cli.html#node_use_env_proxy1 */
function proxyHint(env: NodeJS.ProcessEnv): string {
  const isNamed = (env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '') !== '';
  if (!isNamed || env['NODE_USE_ENV_PROXY'] === '1') return '';
  return ' HTTPS_PROXY is set, and Node.js asks a proxy only with NODE_USE_ENV_PROXY=1 (from 22.21 and 24.0 on).';
}

function alreadyRunning({ holder }: { holder?: string }, args: readonly string[]): string {
  const who = holder === undefined ? 'another consumer' : describeHolder(holder);
  const stop = commandForThisBot('stop', [], args);
  return [
    '❌ Bot is already running!',
    `The lease is held by ${who}.`,
    '',
    'To stop the running bot:',
    `  ${holder === undefined ? stop : howToStop(holder, stop)}`,
    'To wait until it has ended, and then take over:',
    `  ${commandForThisBot('start --standby', [], args)}`,
  ].join('\n');
}

function botInUse(by: Neighbour, args: readonly string[]): string {
  const { holder, user, mode, dataFolder, table, since } = by;
  if (holder === undefined) {
    return [
      '❌ Bot is already running!',
      'Another process of this machine runs this bot and does not say who it is: it may be frozen, or stopped by a debugger.',
      'Look for it with ps, and end it; then start again.',
    ].join('\n');
  }
  const where = table === undefined ? `over the data folder ${dataFolder}` : `over the table ${table}`;
  const target = [...(table === undefined ? [] : ['--table', table]), '--data', dataFolder ?? ''];
  return [
    '❌ Bot is already running!',
    `${describeHolder(holder)} (user ${user}) runs it ${where}, ${mode === 'webhook' ? 'behind a webhook' : 'polling'}, since ${since}.`,
    'A second one over another store would answer everybody twice.',
    '',
    'To stop the running bot:',
    `  ${commandLine('stop', target)}${user === userName() ? '' : `   (as ${user})`}`,
    'To wait until it has ended, and then take over:',
    `  ${commandForThisBot('start --standby', [], args)}`,
  ].join('\n');
}

function leaseLost({ holder }: { holder?: string }, args: readonly string[]): string {
  const who = holder === undefined ? 'another consumer' : describeHolder(holder);
  return [
    `❌ This bot has lost its lease: ${who} holds it now.`,
    'It was frozen, or cut off from the store, for longer than the lease lasts. It has done nothing since, and ends.',
    'To wait for the lease instead of ending:',
    `  ${commandForThisBot('start --standby', [], args)}`,
  ].join('\n');
}

function howToStop(holder: string, stop: string): string {
  if (holder.startsWith('lambda:')) return commandLine('stop --stack NAME');
  const identity = processIdentity({ hostId: process.env['BOT_HOST_ID'] });
  return pidHere(holder, identity) === undefined ? `${stop}   (on that machine)` : stop;
}

function tokenInUse(message: string, args: readonly string[]): string {
  const isWebhook = message.includes('webhook');
  const who = isWebhook
    ? [
        'A live deployment receives its updates. What to do:',
        `  keep the deployment, and give this bot a token of its own: TELEGRAM_BOT_TOKEN, from @BotFather`,
        `  or stop the deployment: ${commandLine('stop --stack NAME')}`,
        `  or wait until its webhook is gone: ${commandForThisBot('start --standby', [], args)}`,
      ]
    : [
        'Another program polls with this token, without the lease: an older bot, or a copy elsewhere. What to do:',
        '  stop that program and whatever starts it again (a service, a scheduled task), then start again',
        '  or change the token at @BotFather (/revoke), and give the new one to this bot only',
      ];
  return [
    `❌ Somebody else has this bot's token: ${message}`,
    ...who,
    'Nothing was changed: a webhook is never deleted unasked.',
  ].join('\n');
}

function telegramRefused(
  error: { error_code: number; description: string; method: string },
  args: readonly string[],
): string {
  const { error_code: code, description, method } = error;
  if (code !== 401 && code !== 404) return `❌ Telegram refused ${method}: ${code} ${description}`;
  const store = args.some((arg) => arg.startsWith('--stack'))
    ? `Store the one that @BotFather shows (/mybots, API Token): ${commandForThisBot('secrets set token', [], args)}`
    : 'Set TELEGRAM_BOT_TOKEN to the one that @BotFather shows (/mybots, API Token).';
  return `❌ Telegram refused the bot token (${code} ${description}). ${store}`;
}

const NO_REGION = 'No AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that has one';

const NO_CREDENTIALS =
  'There are no AWS credentials: set AWS_PROFILE, or sign in with `aws sso login`, and set AWS_REGION';

const REFUSED: Record<StoreRefusal, string> = {
  'no-table':
    'Check the name of the table and the region (TABLE_NAME or --table, AWS_REGION), or deploy first',
  expired: 'Sign in again, e.g. with `aws sso login`',
  'not-accepted': 'Check AWS_PROFILE or the access key, and the clock of this machine',
  denied: 'Use credentials that may read and write this table: check AWS_PROFILE',
};

function storeUnavailable(error: StoreUnavailableError): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'CredentialsProviderError') return NO_CREDENTIALS;
  }
  const told = error.message.replace(/\.*$/, '.');
  if (error.refusal !== undefined) return `${told} ${REFUSED[error.refusal]}`;
  return `${told} Nothing can be decided without the store: try again when it answers`;
}
