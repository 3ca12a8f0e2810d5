import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RESIDENT = fileURLToPath(new URL('./resident-program.mjs', import.meta.url));
/** Generous, for a machine that is busy with other tests. */
const PATIENCE_MS = 120_000;

type Env = Record<string, string | undefined>;

export interface Run {
  args: readonly string[];
  env: Env;
  input: string;
  cwd: string | undefined;
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The packed command in one process that runs it again and again: most of what a short command takes of the processor
 * is the start of its process. Runs wait for one another.
 */
export class ResidentCommand {
  readonly #program: string;
  readonly #env: Env;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { program: string; env: Env }) {
    this.#program = options.program;
    this.#env = options.env;
  }

  run(run: Run): Promise<Ran> {
    const ran = this.#last.then(() => this.#answerTo(run));
    this.#last = ran.catch(() => {});
    return ran;
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #answerTo(run: Run): Promise<Ran> {
    const child = (this.#child ??= this.#start());
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        child.off('message', answered).off('exit', ended);
      };
      const answered = (message: unknown): void => {
        settle();
        resolve(message as Ran);
      };
      const ended = (): void => {
        settle();
        this.#child = undefined;
        reject(new Error(`It did not end by itself, or ended its process: ${run.args.join(' ')}`));
      };
      // The next run gets a process of its own.
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      child.once('message', answered).once('exit', ended);
      // A process that has ended meanwhile is noticed by its exit.
      child.send(run, () => {});
    });
  }

  #start(): ChildProcess {
    return fork(RESIDENT, [this.#program], {
      env: this.#env,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }
}
