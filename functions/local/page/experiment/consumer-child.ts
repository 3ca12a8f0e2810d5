import { spawn, type ChildProcess } from 'node:child_process';
import type { TraceEntry } from '../timeline/trace.ts';
import type { ConsumerState } from './state.ts';

/** The program and arguments that run the `bot` command. */
export interface BotCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** A message to the page from a child that it started. */
export type ChildMessage = { readonly trace: TraceEntry } | { readonly listening: number };

const START_PATIENCE_MS = 60_000;
const LAST_WORDS = 2_000;

/**
 * One consumer of an experiment: `bot start --webhook` in a process of its own, which may be frozen and killed, since
 * it was started here.
 */
export class ConsumerChild {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #record: (entry: TraceEntry) => void;
  /** Absent until it listens. */
  port: number | undefined;
  state: ConsumerState = 'starting';
  /** Requests that it has not answered. */
  inHand = 0;

  constructor(options: {
    name: string;
    command: BotCommand;
    env: Record<string, string | undefined>;
    record: (entry: TraceEntry) => void;
  }) {
    const { name, command, env, record } = options;
    this.name = name;
    this.#record = record;
    this.#child = spawn(command.program, [...command.args, 'start', '--webhook', '--no-page'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      windowsHide: true,
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it listens. @throws Error with its last words when it does not come up */
  async started(): Promise<void> {
    let words = '';
    this.#child.stderr?.on('data', (chunk: Buffer) => (words = (words + String(chunk)).slice(-LAST_WORDS)));
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`A consumer did not start. ${words.trim()}`));
      const patience = setTimeout(fail, START_PATIENCE_MS);
      this.#child.once('error', reject);
      this.#child.once('exit', () => {
        clearTimeout(patience);
        const wasAlive = this.state !== 'dead';
        this.state = 'dead';
        if (wasAlive) this.#tell('ended');
        fail();
      });
      this.#child.on('message', (message: ChildMessage) => {
        if ('trace' in message) return this.#record({ ...message.trace, ...this.#renamed(message.trace) });
        clearTimeout(patience);
        this.port = message.listening;
        if (this.state === 'starting') this.state = 'running';
        this.#tell('started');
        resolve();
      });
    });
  }

  freeze(): void {
    if (this.state === 'running' && this.#child.kill('SIGSTOP')) this.#become('frozen', 'frozen');
  }

  thaw(): void {
    if (this.state === 'frozen' && this.#child.kill('SIGCONT')) this.#become('running', 'thawed');
  }

  /** As -9 does: nothing is settled, nothing is released. */
  kill(): void {
    if (this.state === 'dead') return;
    this.#become('dead', 'killed');
    this.#child.kill('SIGKILL');
  }

  #become(state: ConsumerState, what: 'frozen' | 'thawed' | 'killed'): void {
    this.state = state;
    this.#tell(what);
  }

  #tell(what: 'started' | 'frozen' | 'thawed' | 'killed' | 'ended'): void {
    this.#record({ type: 'process', atMs: Date.now(), process: this.name, what });
  }

  /** Rows are named as people see them; the holder in a lease item is this process's own long name. */
  #renamed(entry: TraceEntry): object {
    if (!('process' in entry)) return {};
    const isMine = entry.type === 'request' && entry.lease?.holder === entry.process;
    return { process: this.name, ...(isMine && { lease: { ...entry.lease, holder: this.name } }) };
  }
}
