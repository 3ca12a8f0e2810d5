import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface StartOptions {
  args: readonly string[];
  env?: Record<string, string>;
  uid?: number;
  cwd?: string;
}

const PATIENCE_MS = 120_000;

/** `bot start` as somebody types it, with one token. */
export class BotProcess {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  #hasEnded = false;

  constructor(options: StartOptions & { program: string; token: string; apiRoot: string; home: string }) {
    const { program, token, apiRoot, home, args, env, uid, cwd } = options;
    this.child = spawn(process.execPath, [program, 'start', '--port', '0', ...args], {
      cwd: cwd ?? home,
      ...(uid !== undefined && { uid, gid: uid }),
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        TELEGRAM_BOT_TOKEN: token,
        TELEGRAM_API_ROOT: apiRoot,
        RATE_LIMIT_PER_MINUTE: '10000',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = once(this.child, 'close').then(([code]) => {
      this.#hasEnded = true;
      return code as number | null;
    });
  }

  get runs(): boolean {
    return !this.#hasEnded;
  }

  async says(text: string): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; !this.output.includes(text);) {
      if (this.#hasEnded) throw new Error(`it ended before it said "${text}": ${this.output.slice(-300)}`);
      if (Date.now() > until) throw new Error(`it never said "${text}": ${this.output.slice(-300)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
