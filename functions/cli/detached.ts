import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '../local/page/session.ts';
import { createPrivateFolder } from '../local/machine/private-files.ts';
import { processIdentity } from '../local/machine/process-identity.ts';
import type { RunRecord } from '../local/machine/run-record.ts';
import { askHealth } from './health-probe.ts';
import { commandForThisBot, selfCommand, targetArguments } from './invocation.ts';
import { LOG_FILE } from './log.ts';
import type { Output } from './output.ts';
import { knownProcesses } from './processes.ts';
import type { Target } from './target.ts';
import { CommandError, UsageError } from './usage-error.ts';

export interface StartOptions {
  detach?: boolean;
  standby?: boolean;
  webhook?: boolean;
  local?: boolean;
  /** Taken over from the process that is restarted. */
  formerPort?: number;
  /** False: no page. */
  page?: boolean;
  log?: string;
}

const PATIENCE_MS = 60_000;
const LAST_LINES = 12;

/**
 * Starts the bot in the background, and returns when it answers; standing by, when it has begun to wait.
 * @throws CommandError with the process's own last words when it did not come up
 */
export async function startDetached(target: Target, options: StartOptions, output: Output): Promise<number> {
  const { dataFolder, hostId } = target.settings;
  const folder = resolve(options.log ?? join(dataFolder, 'logs'));
  const errors = openErrors(folder);
  const { program, args } = selfCommand();
  const flags = [
    ...targetArguments('start', process.argv.slice(2)),
    ...(options.standby === true ? ['--standby'] : []),
    ...(options.webhook === true ? ['--webhook'] : []),
    ...(options.local === true ? ['--local'] : []),
    ...(options.formerPort === undefined ? [] : ['--port', String(options.formerPort)]),
    ...(options.page === false ? ['--no-page'] : []),
  ];
  const child = spawn(program, [...args, 'start', ...flags, '--log', folder], {
    detached: true,
    // It outlives the npm that it was started through.
    env: { ...process.env, npm_lifecycle_event: undefined },
    stdio: ['ignore', errors.fd, errors.fd],
    windowsHide: true,
  });
  closeSync(errors.fd);
  child.unref();
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = signal ?? `exit code ${code}`));

  const identity = processIdentity({ hostId });
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 50) {
    if (ended !== undefined) {
      const words = readFileSync(errors.path, 'utf8').trim();
      // Called wrongly is called wrongly, whichever process finds it out.
      const DetachedError = ended === 'exit code 2' ? UsageError : CommandError;
      throw new DetachedError(
        words === '' ? `The bot ended at once (${ended}); see ${folder}` : trimmed(words),
      );
    }
    const record = knownProcesses(target, identity).find(({ pid }) => pid === child.pid);
    if (record?.state === 'standby') return report(output, { pid: record.pid, folder });
    if (record?.state === 'running' && record.port !== undefined) {
      const url = `http://localhost:${record.port}/health`;
      const health = await askHealth(url);
      if (health.answered && health.report.pid === child.pid)
        return report(output, { pid: record.pid, folder, url, ...placesOf(target, record, options) });
    }
    await sleep(50);
  }
  throw new CommandError(
    `The bot (PID ${child.pid}) has not answered within ${PATIENCE_MS / 1000} s; it goes on trying. ` +
      `See ${join(folder, LOG_FILE)}, or stop it: ${commandForThisBot('stop')}`,
  );
}

/** Where people write to the bot, and where its owner looks on. */
interface Places {
  chat?: string;
  page?: string;
}

function placesOf({ settings }: Target, { bot, port }: RunRecord, { page: isWanted }: StartOptions): Places {
  return {
    ...(bot?.username !== undefined && { chat: `https://t.me/${bot.username.replace(/^@/, '')}` }),
    ...(isWanted !== false && port !== undefined && { page: Session.of(settings.dataFolder).address(port) }),
  };
}

function report(output: Output, started: { pid: number; folder: string; url?: string } & Places): number {
  const { pid, folder, url, chat, page } = started;
  if (url !== undefined) output.line(`Health check endpoint: ${url}`);
  if (chat !== undefined) output.line(`Chat: ${chat}`);
  if (page !== undefined) output.line(`👉 Chat, and the guarantee at work: ${page}`);
  output.line(`Log: ${join(folder, LOG_FILE)} (to follow it: ${commandForThisBot('logs --follow')})`);
  output.line(url === undefined ? `✅ Bot stands by (PID ${pid})` : `✅ Bot is running (PID ${pid})`);
  output.json({
    pid,
    state: url === undefined ? 'standby' : 'running',
    health_url: url ?? null,
    chat_url: chat ?? null,
    page_url: page ?? null,
    log: join(folder, LOG_FILE),
  });
  return 0;
}

/** The file for words that do not go through the log: those of a process that dies before it has one. */
function openErrors(folder: string): { fd: number; path: string } {
  const path = join(folder, 'bot.err.log');
  try {
    createPrivateFolder(folder);
    const fd = openSync(path, 'w', 0o600);
    // On a full disk a file may be made, and nothing written into it: the process would end without a word.
    writeSync(fd, '\n');
    return { fd, path };
  } catch (error) {
    throw new CommandError(
      `The log folder ${folder} cannot be written: ${(error as Error).message}. Mend that, or choose another one: --log FOLDER`,
    );
  }
}

function trimmed(words: string): string {
  return words.replace(/^❌ /, '').split('\n').slice(0, LAST_LINES).join('\n');
}
