import { once } from 'node:events';
import { createStream } from 'rotating-file-stream';

export const LOG_FILE = 'bot.log';

/** Where a running bot writes. */
export interface Log {
  say: (line: string) => void;
  write: (text: string) => void;
  /** The last words of a run that failed; a terminal gets them on standard error from whoever called. */
  failed: (text: string) => void;
  close: () => Promise<void>;
}

/** Standard output, or files in a folder: ten of at most 10 MB, each line with its time. */
export function openLog(folder: string | undefined): Log {
  if (folder === undefined) {
    const write = (text: string): void => void process.stdout.write(text);
    return { say: (line) => write(`${line}\n`), write, failed: () => {}, close: async () => {} };
  }
  const stream = createStream(LOG_FILE, { path: folder, size: '10M', maxFiles: 9, teeToStdout: false });
  // A full disk is no reason for the bot to end.
  stream.on('error', (error) => void process.stderr.write(`The log cannot be written: ${error.message}\n`));
  const say = (line: string): void => void stream.write(`${new Date().toISOString()} ${line}\n`);
  return {
    say,
    write: (text) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .forEach(say),
    failed: say,
    close: async () => {
      stream.end();
      await once(stream, 'close');
    },
  };
}
