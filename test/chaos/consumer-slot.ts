import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endsWithUs } from './children.ts';

const RUNNING = '✅ Bot is running';
const KEPT_LINES = 40;
/** As a service manager waits before it starts a failed service again. */
const RESTART_AFTER_MS = 200;

/** One span in which a process could do nothing, or after which it was gone. */
export interface Mishap {
  what: 'killed' | 'paused';
  /** `1.3` is the third process of the first machine. */
  consumer: string;
  fromMs: number;
  /** Absent while it lasts; a killed process does not come back. */
  toMs?: number;
}

export interface ConsumerSlotOptions {
  slot: number;
  /** The command as it is packed. */
  program: string;
  port: number;
  folder: string;
  env: Record<string, string>;
  onMishap: (mishap: Mishap) => void;
}

/** A machine on which `bot start --webhook` runs as a service: when the process ends, the next one is started. */
export class ConsumerSlot {
  readonly slot: number;
  readonly origin: string;
  /** The last lines of the processes' output. */
  readonly lines: string[] = [];
  /** Processes that ended by themselves with an error: while the store is away they cannot start. */
  failedStarts = 0;
  readonly #options: ConsumerSlotOptions;
  #child: ChildProcess | undefined;
  #incarnation = 0;
  #ready = false;
  #closed = false;
  #pausedAt: Mishap | undefined;

  constructor(options: ConsumerSlotOptions) {
    this.#options = options;
    this.slot = options.slot;
    this.origin = `http://127.0.0.1:${options.port}`;
    mkdirSync(options.folder, { recursive: true });
  }

  /** The process that runs now. */
  get consumer(): string {
    return `${this.slot}.${this.#incarnation}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Has said that it runs; it may be paused all the same. */
  get ready(): boolean {
    return this.#ready;
  }

  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  start(): void {
    const { program, port, folder, env } = this.#options;
    this.#incarnation += 1;
    this.#ready = false;
    const args = [program, 'start', '--webhook', '--port', String(port)];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env, BOT_DATA: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = endsWithUs(child);
    const { consumer } = this;
    const hear = (text: string): void => {
      for (const line of text.split('\n').filter((each) => each !== '')) {
        this.lines.push(`${consumer} ${line}`);
        if (line.includes(RUNNING)) this.#ready = true;
      }
      this.lines.splice(0, this.lines.length - KEPT_LINES);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('exit', (code) => {
      if (this.#child !== child) return;
      this.#ready = false;
      this.#child = undefined;
      if (this.#closed) return;
      if (code !== null && code !== 0) this.failedStarts += 1;
      setTimeout(() => {
        if (!this.#closed) this.start();
      }, RESTART_AFTER_MS);
    });
  }

  async untilReady(timeoutMs: number): Promise<void> {
    for (let waitedMs = 0; !this.#ready; waitedMs += 20) {
      if (waitedMs >= timeoutMs)
        throw new Error(`Consumer ${this.consumer} did not start:\n${this.lines.join('\n')}`);
      await sleep(20);
    }
  }

  /** kill -9: whatever it was doing ends here. */
  kill(): void {
    if (!this.#child?.kill('SIGKILL')) return;
    this.#endPause();
    this.#options.onMishap({ what: 'killed', consumer: this.consumer, fromMs: performance.now() });
    this.#ready = false;
  }

  /** As a deployment or an operator ends it: the update in hand is settled first. */
  terminate(): void {
    this.#child?.kill('SIGTERM');
  }

  pause(): void {
    if (this.#pausedAt !== undefined || !this.#child?.kill('SIGSTOP')) return;
    this.#pausedAt = { what: 'paused', consumer: this.consumer, fromMs: performance.now() };
    this.#options.onMishap(this.#pausedAt);
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#endPause();
  }

  close(): void {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
  }

  #endPause(): void {
    if (this.#pausedAt !== undefined) this.#pausedAt.toMs = performance.now();
    this.#pausedAt = undefined;
  }
}
