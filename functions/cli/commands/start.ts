import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defineCommand, type Invocation } from '../define-command.ts';
import type { StartOptions } from '../detached.ts';
import { finishOnSignal } from '../stop-signals.ts';
import type { ShownOn } from '../../local/page/run-on-page.ts';
import type { Terminal } from '../../local/terminal-chat.ts';
import type { Target } from '../target.ts';
import { selfCommand } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

/** `bot start` */
export function define(command: Command): void {
  startOptions(command);
  defineCommand<StartOptions>(command, {
    examples: [
      ['', 'in this terminal, with a local Bot API server where no token is set; Ctrl+C stops it'],
      ['--detach --data /srv/bot', 'in the background; its output goes to /srv/bot/logs'],
      ['--standby', 'waits while another consumer holds the lease, then takes over'],
      ['--stack AgentFactoryBot-prod', 'lets Telegram deliver to the deployed stack again'],
    ],
    run: start,
  });
}

/** The options that `start` and `restart` have in common. */
export function startOptions(command: Command): void {
  command
    .option('--detach', 'run in the background, and return when it answers')
    .option('--standby', 'wait for the lease instead of being refused')
    .option('--webhook', 'serve POST /telegram/webhook instead of polling')
    .option('--local', 'run without Telegram, even if a token is set or the folder served a bot there')
    .option('--no-page', 'serve no page with a chat and the lease at work')
    .option('--log <folder>', 'write to log files in this folder, rotated, instead of the terminal');
}

/**
 * Refuses options that are wrong whatever the bot's state, before anything is stopped or begun.
 * @throws UsageError, CommandError
 */
export async function checkStartOptions({ standby, webhook, local, log }: StartOptions): Promise<void> {
  if (local === true && webhook === true)
    throw new UsageError('--local cannot be combined with --webhook, which is for Telegram');
  if (standby === true && webhook === true) {
    throw new UsageError(
      '--standby cannot be combined with --webhook: any number of processes may serve a webhook at once',
    );
  }
  if (log !== undefined) {
    const { makeLogFolder } = await import('../log.ts');
    makeLogFolder(log);
  }
}

/** Runs the bot until it is stopped, starts it in the background, or switches a deployment on. */
async function start(invocation: Invocation<StartOptions>): Promise<number> {
  const resolved = await invocation.target();
  if (resolved.deployment === undefined) return startHere(invocation);
  const { switchOn } = await import('../deployment-switch.ts');
  return switchOn(resolved, invocation.output);
}

/** @throws UsageError, CommandError */
export async function startHere({ options, output, target }: Invocation<StartOptions>): Promise<number> {
  const resolved = await target();
  await checkStartOptions(options);
  if (options.json === true && options.detach !== true)
    throw new UsageError(
      '--json is for --detach: a bot in the foreground prints what it does, until it is stopped',
    );
  if (options.detach === true) {
    const { startDetached } = await import('../detached.ts');
    return startDetached(resolved, options, output);
  }
  return runHere(resolved, options);
}

const LOOK_FOR_NPM_MS = 1_000;

/** npm that is killed passes nothing on, and would leave a bot behind that nobody knows of. */
function endWithNpm(stop: () => void): void {
  const { ppid, env } = process;
  if (env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return;
  const watch = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(watch);
    stop();
  }, LOOK_FOR_NPM_MS).unref();
}

/** A log in files is nothing that somebody sees who types. */
function terminalOf({ log }: StartOptions): Terminal | undefined {
  if (log !== undefined) return undefined;
  const isSeen = process.stdin.isTTY && process.stdout.isTTY;
  const leave = (): void => void process.emit('SIGINT');
  const write = (text: string): void => void process.stdout.write(text);
  return { input: process.stdin, write, ...(isSeen && { output: process.stdout }), leave };
}

async function runHere(target: Target, options: StartOptions): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  finishOnSignal(stop);
  endWithNpm(stop);
  const { runBot } = await import('../../local/run-bot.ts');
  const { openLog } = await import('../log.ts');
  const { variablesLines } = await import('../variables-file.ts');
  const log = await openLog(options.log);
  try {
    for (const line of variablesLines(target.env)) log.say(line);
    await runBot({
      env: target.env,
      settings: target.settings,
      mode: options.webhook === true ? 'webhook' : 'polling',
      standby: options.standby === true,
      local: options.local === true,
      signal: stopping.signal,
      say: log.say,
      terminal: terminalOf(options),
      ...(options.log !== undefined && { log: resolve(options.log) }),
      ...shownOn(options, stop),
    });
    log.say('✅ Bot stopped');
    return 0;
  } catch (error) {
    const { explain } = await import('../explain.ts');
    log.failed(explain(error, { args: process.argv.slice(2), debug: false }));
    throw error;
  } finally {
    await log.close();
  }
}

/** Only the page starts this command with a channel to itself; a consumer of an experiment ends with its page. */
function shownOn({ page }: StartOptions, stop: () => void): { shownOn?: ShownOn } {
  if (process.send !== undefined) {
    process.once('disconnect', stop);
    // A start that fails ends, although its page is still there.
    process.channel?.unref();
    return { shownOn: { tellPage: (message) => process.connected && process.send?.(message) } };
  }
  return page === false ? {} : { shownOn: { command: selfCommand() } };
}
