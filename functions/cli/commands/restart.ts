import type { Command } from 'commander';
import { processIdentity } from '../../local/machine/process-identity.ts';
import type { RunRecord } from '../../local/machine/run-record.ts';
import { hasToken } from '../../settings/secrets.ts';
import { defineCommand, type Invocation } from '../define-command.ts';
import type { StartOptions } from '../detached.ts';
import { commandForThisBot } from '../invocation.ts';
import { processesHere } from '../processes.ts';
import { secretsOf } from '../session.ts';
import { resolveTarget, type Target } from '../target.ts';
import { UsageError } from '../usage-error.ts';
import { checkStartOptions, startHere, startOptions } from './start.ts';

/** `bot restart` */
export function define(command: Command): void {
  startOptions(command);
  command.addHelpText('after', '\nA deployment has nothing to restart: stop --stack, then start --stack.');
  defineCommand<StartOptions>(command, {
    examples: [
      [
        '--detach',
        'stops the bot if it runs, and starts the same in the background: its bot, mode, port and data',
      ],
      ['', 'stops the bot if it runs, and starts the same in this terminal'],
    ],
    run: restart,
  });
}

async function restart(invocation: Invocation<StartOptions>): Promise<number> {
  const target = await invocation.target();
  const identity = processIdentity({ hostId: target.settings.hostId });
  const running = processesHere(target.settings, identity).find(({ state }) => state !== 'standby');
  const same = running === undefined ? invocation : await likeBefore(invocation, target, running);
  await checkStartOptions(same.options);
  const { stopLocal } = await import('../stop-local.ts');
  await stopLocal(target, invocation.output);
  return startHere(same);
}

/** The same mode, port, page and, in the background, log. @throws UsageError before anything is stopped where the bot or its store would be another */
async function likeBefore(
  invocation: Invocation<StartOptions>,
  target: Target,
  running: RunRecord,
): Promise<Invocation<StartOptions>> {
  const { options } = invocation;
  const { env } = target;
  if (running.table !== env['TABLE_NAME']) {
    throw another(
      `it works on ${running.table === undefined ? 'the data folder' : `the table ${running.table}`}`,
      running.table === undefined
        ? 'unset TABLE_NAME (--table)'
        : 'set TABLE_NAME to it (or --table), and what it needs',
    );
  }
  await assertSameBot(target, running, options.local === true);
  const isMoved = env['PORT'] !== undefined;
  const formerPort = isMoved ? undefined : running.port;
  const portOption = formerPort === undefined ? {} : { port: String(formerPort) };
  return {
    ...invocation,
    options: {
      ...options,
      webhook: options.webhook ?? (running.mode === 'webhook' || undefined),
      page: running.page ?? options.page,
      log: options.log ?? (options.detach === true ? running.log : undefined),
      formerPort,
    },
    target: () => resolveTarget({ ...options, ...portOption }, process.env),
  };
}

async function assertSameBot(target: Target, { bot }: RunRecord, isLocal: boolean): Promise<void> {
  const name = bot?.username ?? bot?.id;
  if (isLocal || !hasToken(target.settings)) {
    if (bot === undefined || isLocal) return;
    throw another(
      `it is ${name} on Telegram, and here no bot token is set`,
      'set TELEGRAM_BOT_TOKEN to its token',
    );
  }
  if (bot === undefined)
    throw another('it is not on Telegram, and here a bot token is set', 'add --local, or unset it');
  const { botId } = await secretsOf(target);
  if (botId !== bot.id)
    throw another(`it is ${name}, and here the token of another bot is set`, 'set its own token');
}

function another(what: string, same: string): UsageError {
  return new UsageError(
    `A restart would start another bot than the one that runs: ${what}. To start the same: ${same}. ` +
      `To start the other one: ${commandForThisBot('stop')}, then ${commandForThisBot('start')}. Nothing was stopped`,
  );
}
