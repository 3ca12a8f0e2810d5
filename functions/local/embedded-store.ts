import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';

/** The data folder cannot be used; the message says what to do. Nothing in it was deleted. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

const PATIENCE_MS = 10_000;

/**
 * A real DynamoDB API with no account: dynalite, in this process, its files in the data folder. Only one process can
 * own the files; any other given the same folder reaches the owner over loopback, and when the owner has died the
 * first to notice opens the files itself.
 */
export class EmbeddedStore {
  readonly #folder: string;
  #server: Server | undefined;
  #endpoint: string | undefined;
  #finding: Promise<string> | undefined;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the store answers; found at the first call, and again after `lost`. @throws DataFolderError */
  endpoint(): Promise<string> {
    if (this.#endpoint !== undefined) return Promise.resolve(this.#endpoint);
    this.#finding ??= this.#find().finally(() => (this.#finding = undefined));
    return this.#finding;
  }

  /** The endpoint did not answer: whoever owned the files may be gone. */
  lost(): void {
    if (this.#server === undefined) this.#endpoint = undefined;
  }

  get ownsFiles(): boolean {
    return this.#server !== undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#finding?.catch(() => {});
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  get #levelFolder(): string {
    return join(this.#folder, 'store');
  }

  get #addressFile(): string {
    return join(this.#folder, 'store.json');
  }

  async #find(): Promise<string> {
    makeFolder(this.#levelFolder);
    const until = Date.now() + PATIENCE_MS;
    while (!this.#closed && Date.now() < until) {
      const endpoint = (await this.#open()) ?? (await this.#join());
      if (endpoint !== undefined) return (this.#endpoint = endpoint);
      await sleep(50);
    }
    throw new DataFolderError(
      `The store in ${this.#folder} is in use by a process that does not answer: stop it, or choose another --data folder`,
    );
  }

  /** @returns `undefined` when another process owns the files */
  async #open(): Promise<string | undefined> {
    // dynalite opens lazily and would report a locked or damaged folder with each request instead of here.
    const probe = new ClassicLevel(this.#levelFolder);
    try {
      await probe.open();
      await probe.close();
    } catch (error) {
      if (isLocked(error)) return undefined;
      throw new DataFolderError(
        `The store in ${this.#levelFolder} cannot be opened: ${causeOf(error)}. Nothing was changed. ` +
          'Restore the folder from a backup, or start with another one: --data FOLDER',
      );
    }
    const server = dynalite({ path: this.#levelFolder, createTableMs: 0 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (!(await answers(endpoint))) {
      server.close();
      return undefined;
    }
    this.#server = server;
    server.unref();
    writeFileSync(this.#addressFile, JSON.stringify({ endpoint, pid: process.pid }));
    return endpoint;
  }

  async #join(): Promise<string | undefined> {
    try {
      const { endpoint } = JSON.parse(readFileSync(this.#addressFile, 'utf8')) as { endpoint?: string };
      return endpoint !== undefined && (await answers(endpoint)) ? endpoint : undefined;
    } catch {
      return undefined;
    }
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new DataFolderError(`The data folder ${folder} cannot be created: ${causeOf(error)}`);
  }
}

/** Asks for the tables, since dynalite answers a mere GET even when its files are not open. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20200101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
      body: '{}',
      signal: AbortSignal.timeout(2_000),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function isLocked(error: unknown): boolean {
  const codes = [error, (error as { cause?: unknown }).cause].map(
    (each) => (each as { code?: string })?.code,
  );
  return codes.includes('LEVEL_LOCKED');
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const told = cause instanceof Error ? cause : error;
  return told instanceof Error ? told.message : String(told);
}
