import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_FILE, ROTATED_LIST } from './log.ts';

const CHUNK = 65_536;

/** The lines of a log that is written to, and rotated, meanwhile. */
export class LogReader {
  readonly #folder: string;
  #file: FileHandle;
  #decoder = new TextDecoder();
  #begun = '';

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder;
    this.#file = file;
  }

  /** @returns `undefined` where there is no log. @throws Error of the file system for one that cannot be read */
  static async open(folder: string): Promise<LogReader | undefined> {
    const file = await opened(join(folder, LOG_FILE));
    return file && new LogReader(folder, file);
  }

  /** The whole lines that came since the last time: at first all of the present file. */
  async next(): Promise<string[]> {
    // Looked at first: what is written after this look is in the same file, or is read the next time.
    const isRotated = await this.#isRotated();
    const lines = await this.#readOn();
    const successor = isRotated ? await opened(join(this.#folder, LOG_FILE)) : undefined;
    if (successor === undefined) return lines;
    await this.#file.close();
    this.#file = successor;
    this.#decoder = new TextDecoder();
    this.#begun = '';
    return [...lines, ...(await this.#readOn())];
  }

  /** The last lines of the files that were rotated away before. */
  async earlier(count: number): Promise<string[]> {
    const list = await readFile(join(this.#folder, ROTATED_LIST), 'utf8').catch(() => '');
    let lines: string[] = [];
    for (const path of list.split('\n').filter(Boolean).reverse()) {
      if (lines.length >= count) break;
      const text = await readFile(path, 'utf8').catch(() => '');
      lines = [...linesOf(text), ...lines];
    }
    return lines.slice(-count);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #isRotated(): Promise<boolean> {
    const [mine, present] = await Promise.all([
      this.#file.stat(),
      stat(join(this.#folder, LOG_FILE)).catch(() => undefined),
    ]);
    return present !== undefined && (present.ino !== mine.ino || present.dev !== mine.dev);
  }

  async #readOn(): Promise<string[]> {
    const buffer = Buffer.alloc(CHUNK);
    const parts = [this.#begun];
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, CHUNK);
      if (bytesRead === 0) break;
      parts.push(this.#decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
    }
    const lines = parts.join('').split('\n');
    this.#begun = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
