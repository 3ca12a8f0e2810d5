import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { compiledProgram } from '../fixtures/compiled-program.ts';
import { localClient } from '../fixtures/dynamodb-endpoints.ts';
import { freePort } from '../fixtures/free-port.ts';
import { endsWithUs } from './children.ts';

export type StoreName = 'dynalite' | 'dynoxide' | 'dynamodb-local';

const STARTED_WITHIN_MS = 60_000;
const require = createRequire(import.meta.url);

/** A store in a process of its own, with its files in a folder: what it has acknowledged outlives it. */
export class StoreProcess {
  readonly endpoint: string;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(command: readonly string[], port: number) {
    this.#command = command;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  /**
   * @param options.folder for its files
   * @param options.jarFolder the folder of Amazon's DynamoDB Local; the others need none
   */
  static async start(
    name: StoreName,
    options: { folder: string; jarFolder?: string | undefined },
  ): Promise<StoreProcess> {
    const port = await freePort();
    const store = new StoreProcess(commandOf(name, port, options), port);
    await store.start();
    return store;
  }

  /** Resolves when it answers. @throws Error when it does not */
  async start(): Promise<void> {
    const [file = '', ...args] = this.#command;
    const child = endsWithUs(spawn(file, args, { stdio: 'ignore' }));
    this.#child = child;
    const client = localClient(this.endpoint, { attempts: 1, answerMs: 1_000 });
    try {
      for (let waitedMs = 0; waitedMs < STARTED_WITHIN_MS; waitedMs += 50) {
        if (child.exitCode !== null) break;
        if (await answers(client)) return;
        await sleep(50);
      }
    } finally {
      client.destroy();
    }
    throw new Error(`The store did not start: ${this.#command.join(' ')}`);
  }

  /** As a crash: whatever was not acknowledged may be lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}

/** Why the store cannot run here; `undefined` when it can. */
export function unavailable(name: StoreName): string | undefined {
  if (name === 'dynoxide' && dynoxideBinary() === undefined) return '@dynoxide/linux-x64 is not installed';
  return undefined;
}

function commandOf(
  name: StoreName,
  port: number,
  { folder, jarFolder }: { folder: string; jarFolder?: string | undefined },
): string[] {
  switch (name) {
    case 'dynalite': {
      const program = compiledProgram(new URL('dynalite-process.ts', import.meta.url));
      return [process.execPath, program, folder, String(port)];
    }
    case 'dynoxide':
      return [
        dynoxideBinary() ?? 'dynoxide',
        '--port',
        String(port),
        '--db-path',
        join(folder, 'dynoxide.db'),
      ];
    case 'dynamodb-local': {
      if (jarFolder === undefined) throw new Error('DynamoDB Local needs the folder of its jar');
      const options = ['-dbPath', folder, '-sharedDb', '-disableTelemetry', '-port', String(port)];
      const library = `-Djava.library.path=${join(jarFolder, 'DynamoDBLocal_lib')}`;
      return ['java', library, '-jar', join(jarFolder, 'DynamoDBLocal.jar'), ...options];
    }
  }
}

function dynoxideBinary(): string | undefined {
  try {
    const binary = join(dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

async function answers(client: ReturnType<typeof localClient>): Promise<boolean> {
  try {
    await client.send(new ListTablesCommand({}));
    return true;
  } catch {
    return false;
  }
}
