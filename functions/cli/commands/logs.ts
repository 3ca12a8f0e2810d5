import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { processIdentity } from '../../local/machine/process-identity.ts';
import { defineCommand, type Invocation } from '../define-command.ts';
import { commandForThisBot } from '../invocation.ts';
import { LOG_FILE } from '../log.ts';
import { LogReader } from '../log-reader.ts';
import type { Output } from '../output.ts';
import { knownProcesses } from '../processes.ts';
import { SERVICE_NAME } from '../service/plan.ts';
import { isOutputLost } from '../standard-output.ts';
import { finishOnSignal } from '../stop-signals.ts';
import type { Deployment, Target } from '../target.ts';
import { CommandError, UsageError } from '../usage-error.ts';

interface LogsOptions {
  follow?: boolean;
  lines?: number;
  log?: string;
}

const LINES = 50;
const MAX_LINES = 10_000;
const LOOK_EVERY_MS = 250;

/** `bot logs` */
export function define(command: Command): void {
  command
    .option('-f, --follow', 'go on with the lines that come, until Ctrl+C')
    .option('-n, --lines <number>', `number of last lines (default: ${LINES})`, parseLines)
    .option('--log <folder>', 'log folder of a bot that has ended, as its start was given it');
  defineCommand<LogsOptions>(command, {
    examples: [
      ['--data /srv/bot', 'the last lines of the bot that runs in the background, or of the one that did'],
      ['--data /srv/bot --follow', 'the same, and each line that comes'],
      ['--stack AgentFactoryBot-prod', 'names the log groups of a deployed stack, and how to read them'],
    ],
    run: logs,
  });
}

async function logs({ options, output, target }: Invocation<LogsOptions>): Promise<number> {
  if (options.follow === true && options.json === true)
    throw new UsageError('--json cannot be combined with --follow, which does not end');
  const resolved = await target();
  if (resolved.deployment !== undefined) return ofDeployment(resolved.deployment, options, output);
  const folder = folderOf(resolved, options);
  const reader = await LogReader.open(folder);
  if (reader === undefined) throw new CommandError(withoutLog(folder));
  try {
    await show(reader, folder, options, output);
  } finally {
    await reader.close();
  }
  return 0;
}

async function show(
  reader: LogReader,
  folder: string,
  { follow, lines: count = LINES }: LogsOptions,
  output: Output,
): Promise<void> {
  const present = await reader.next();
  const earlier = present.length < count ? await reader.earlier(count - present.length) : [];
  const lines = [...earlier, ...present].slice(-count);
  for (const line of lines) output.line(line);
  output.json({ log: join(folder, LOG_FILE), lines });
  if (follow !== true) return;
  const stopping = new AbortController();
  const giveBack = finishOnSignal(() => stopping.abort());
  while (!stopping.signal.aborted && !isOutputLost()) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    for (const line of await reader.next()) output.line(line);
  }
  giveBack();
}

/** The folder of the bot that runs, as it wrote it down; otherwise the one of `start --detach`. @throws CommandError */
function folderOf(target: Target, options: LogsOptions): string {
  const { settings } = target;
  if (options.log !== undefined) return resolve(options.log);
  const records = knownProcesses(target, processIdentity({ hostId: settings.hostId }));
  const running = records.find(({ state }) => state !== 'standby') ?? records[0];
  if (running !== undefined && running.log === undefined) {
    throw new CommandError(
      `The bot (PID ${running.pid}) writes to the terminal that it was started in, or to the service manager that runs it: ` +
        `journalctl --user -u ${SERVICE_NAME} -f for a service of systemd. ` +
        `A log in files comes with: ${commandForThisBot('start --detach')}, or with --log FOLDER`,
    );
  }
  return running?.log ?? join(settings.dataFolder, 'logs');
}

function withoutLog(folder: string): string {
  return (
    `There is no log in ${folder}: no bot has written one there. One is written by ${commandForThisBot('start --detach')}; ` +
    'name the folder of another one with --data, or with --log'
  );
}

/** AWS keeps it, and its own command line reads it. @throws UsageError, CommandError */
function ofDeployment(
  { name, logGroups = {} }: Deployment,
  { follow, lines, log }: LogsOptions,
  output: Output,
): number {
  if (lines !== undefined || log !== undefined)
    throw new UsageError(
      '--lines and --log cannot be combined with --stack: they are for the files of a bot on this machine',
    );
  const { WebhookLogGroup: webhook, ...others } = logGroups;
  if (webhook === undefined)
    throw new CommandError(
      `The stack ${name} has no output WebhookLogGroup: deploy it again, with this version`,
    );
  const command = `aws logs tail ${webhook} --since 1h${follow === true ? ' --follow' : ''}`;
  output.line('CloudWatch keeps the log of a deployed bot. Its updates, a line each:');
  output.line(`  ${command}`);
  output.line('The other log groups, in place of that one:');
  for (const [what, group] of Object.entries(others)) output.line(`  ${group} (${what})`);
  output.json({ log_groups: logGroups, command });
  return 0;
}

function parseLines(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LINES) return Number(text);
  throw new InvalidArgumentError(`It takes a whole number from 1 to ${MAX_LINES}.`);
}
