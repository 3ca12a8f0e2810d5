import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { processIdentity } from '../../functions/local/machine/process-identity.ts';
import { RunRecords } from '../../functions/local/machine/run-record.ts';
import { packedCommand, seededFolder } from './packed-command.ts';
import { ResidentCommand } from './resident-command.ts';

/** The exit and the output of one run of the command, as a person sees them. */
export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export type Env = Record<string, string | undefined>;

/** Generous, for a machine that is busy with other tests. */
const PATIENCE_MS = 120_000;

/** Processes mostly wait, so the tests of a file run side by side. */
export const SIDE_BY_SIDE = { concurrent: true, timeout: 240_000 } as const;

/** A bot process that runs. */
export class RunningBot {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';
  #ended: Finished | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout!.setEncoding('utf8').on('data', (text: string) => this.#heard(() => (this.stdout += text)));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#heard(() => (this.stderr += text)));
    this.finished = once(child, 'close').then(([code, signal]) => {
      const { stdout, stderr } = this;
      const finished = {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stdout,
        stderr,
      };
      this.#heard(() => (this.#ended = finished));
      return finished;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until its output holds the text. */
  until(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const told = (): string => `${this.stdout}${this.stderr}`;
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      const check = (): void => {
        if (told().includes(text)) {
          settle();
          resolve();
        } else if (this.#ended !== undefined) {
          settle();
          reject(new Error(`It ended before it said "${text}":\n${told()}`));
        }
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`It has not said "${text}" within ${PATIENCE_MS} ms:\n${told()}`));
      }, PATIENCE_MS);
      this.#waiting.add(check);
      check();
    });
  }

  /** Asks it to end, and waits for that. */
  async stop(): Promise<Finished> {
    this.kill('SIGTERM');
    return this.finished;
  }

  #heard(change: () => void): void {
    change();
    for (const check of this.#waiting) check();
  }
}

type RunCommand = (
  args: readonly string[],
  options?: { env?: Env; input?: string; cwd?: string },
) => Promise<Finished>;

export interface BotCommand {
  /** A folder of this test's own, gone after the last one. */
  folder: () => string;
  /** A data folder whose knowledge base has two atoms already, which saves the import of a first start. */
  dataFolder: () => string;
  /** The program and its arguments, for who must start it in a way of their own. */
  command: (args: readonly string[]) => string[];
  /** Runs the command to its end, in a process of its own. */
  run: RunCommand;
  /**
   * The same in a process that stays, for a seventh of the time: where nothing depends on how the process itself begins
   * and ends, and no other run has to go on meanwhile.
   */
  ask: RunCommand;
  /** Starts the command and leaves it running; killed after the last test. */
  begin: (args: readonly string[], options?: { env?: Env; uid?: number; cwd?: string }) => RunningBot;
}

/** The packed form of the command, run as operators run it: real processes, no variables of this one. */
export function botCommand(): BotCommand {
  let program = '';
  let template = '';
  const folders: string[] = [];
  const running = new Set<RunningBot>();
  let resident: ResidentCommand;

  beforeAll(async () => {
    program = await packedCommand();
    resident = new ResidentCommand({ program, env: CLEAN_ENV });
    template = await seededFolder();
  });
  afterAll(async () => {
    resident.end();
    for (const bot of running) {
      bot.kill('SIGKILL');
      bot.kill('SIGCONT');
    }
    await Promise.all([...running].map((bot) => bot.finished));
    for (const folder of folders) killDetached(folder);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const begin: BotCommand['begin'] = (args, { env = {}, uid, cwd } = {}) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...CLEAN_ENV, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd,
      ...(uid !== undefined && { uid }),
    });
    child.stdin.on('error', () => {});
    const bot = new RunningBot(child);
    running.add(bot);
    void bot.finished.then(() => running.delete(bot));
    return bot;
  };
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'bot-command-'));
    folders.push(made);
    return made;
  };
  return {
    folder,
    dataFolder: () => {
      const data = folder();
      cpSync(template, data, { recursive: true });
      return data;
    },
    begin,
    command: (args) => [process.execPath, program, ...args],
    run: (args, { env, input = '', cwd } = {}) => {
      const bot = begin(args, { env, cwd });
      bot.child.stdin!.end(input);
      return bot.finished;
    },
    ask: async (args, { env, input = '', cwd } = {}) => ({
      ...(await resident.run({ args, env: { ...CLEAN_ENV, ...env }, input, cwd })),
      signal: null,
    }),
  };
}

/** No variable of a developer's own. */
export const CLEAN_ENV: Env = {
  PATH: process.env['PATH'],
  HOME: tmpdir(),
  NO_COLOR: '1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Background bots of a data folder are known by the records that they keep; the pid of one that has ended may be anybody's. */
function killDetached(folder: string): void {
  for (const { pid } of new RunRecords(folder).here(processIdentity())) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue;
    }
  }
}
