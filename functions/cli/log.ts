import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { createPrivateFolder } from '../local/machine/private-files.ts';
import { goOnWithoutReaders } from './standard-output.ts';
import { CommandError } from './usage-error.ts';

export const LOG_FILE = 'bot.log';
/** The files that were rotated away, the newest last, a path a line. */
export const ROTATED_LIST = `${LOG_FILE}.txt`;

/** Where a running bot writes. */
export interface Log {
  say: (line: string) => void;
  /** The last words of a run that failed; in a terminal the caller writes them to standard error. */
  failed: (text: string) => void;
  close: () => Promise<void>;
}

/**
 * Standard output, or files in a folder: ten of at most 10 MB, each line with its time.
 * @throws CommandError when the folder takes no file
 */
export async function openLog(folder: string | undefined): Promise<Log> {
  if (folder === undefined) {
    goOnWithoutReaders();
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    return { say, failed: () => {}, close: async () => {} };
  }
  const files = new LogFiles(folder);
  await files.open();
  const say = (line: string): void => files.write(line);
  return { say, failed: say, close: () => files.close() };
}

/** @throws CommandError when the folder cannot be made, or its log not be written */
export function makeLogFolder(folder: string): void {
  try {
    createPrivateFolder(folder);
    closeSync(openSync(join(folder, LOG_FILE), 'a', 0o600));
  } catch (error) {
    throw notWritable(folder, error);
  }
}

function notWritable(folder: string, cause: unknown): CommandError {
  return new CommandError(`The log folder ${folder} cannot be written: ${(cause as Error).message}`, {
    cause,
  });
}

const TRY_AGAIN_MS = 1_000;

/** A full disk is no reason for the bot to end, nor for the log to stay silent when there is space again. */
class LogFiles {
  readonly #folder: string;
  #stream: RotatingFileStream | undefined;
  #missing = 0;
  #tryAgainAtMs = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<void> {
    const stream = (this.#stream = this.#newStream());
    try {
      await once(stream, 'open');
    } catch (error) {
      throw notWritable(this.#folder, error);
    }
    stream.on('error', (error) => this.#broken(stream, error));
  }

  write(line: string): void {
    const stream = this.#stream ?? this.#streamAnew();
    const missing = this.#missing;
    if (stream === undefined) {
      this.#missing += 1;
      return;
    }
    const put = (text: string, lines: number): void =>
      void stream.write(text, (error) => {
        if (error) this.#missing += lines;
        else this.#tryAgainAtMs = 0;
      });
    const now = new Date().toISOString();
    if (missing > 0) {
      this.#missing = 0;
      // The last line that was written may be half of one.
      put(`\n${now} (${missing} lines are missing here: the log could not be written)\n`, missing);
    }
    put(`${now} ${line}\n`, 1);
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.end();
    await finished(stream).catch(() => {});
  }

  #streamAnew(): RotatingFileStream | undefined {
    if (Date.now() < this.#tryAgainAtMs) return undefined;
    const stream = (this.#stream = this.#newStream());
    stream.on('error', (error) => this.#broken(stream, error));
    return stream;
  }

  #newStream(): RotatingFileStream {
    return createStream(LOG_FILE, {
      path: this.#folder,
      mode: 0o600,
      size: '10M',
      maxFiles: 9,
      history: ROTATED_LIST,
    });
  }

  #broken(stream: RotatingFileStream, error: Error): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    // Told once, however often trying again is in vain.
    if (this.#tryAgainAtMs === 0)
      process.stderr.write(`The log cannot be written, which is tried again: ${error.message}\n`);
    this.#tryAgainAtMs = Date.now() + TRY_AGAIN_MS;
  }
}
