import { writeSync } from 'node:fs';

/** Why nobody gets any more of the standard output, once that is so. */
let lost: NodeJS.ErrnoException | undefined;
let isService = false;

/**
 * Keeps a program going whose output cannot be written: it does what it was asked to, and then says so. It says nothing
 * of a reader that has read enough (`| head`).
 */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== undefined) return;
    lost = error;
    if (isService) tellOfSilence();
  });
  // Nobody is left to hear of it.
  process.stderr.on('error', () => {});
  process.on('exit', (code) => {
    if (lost === undefined || lost.code === 'EPIPE' || isService) return;
    tell(`❌ ${outputTrouble(lost)}`);
    if (code === 0) process.exitCode = 1;
  });
}

/** From now on this is a service, whose work is not its output. */
export function goOnWithoutReaders(): void {
  isService = true;
}

/** Whether there is any use in writing more; what has to be said of it is said when the program ends. */
export function isOutputLost(): boolean {
  return lost !== undefined;
}

function outputTrouble({ code, message }: NodeJS.ErrnoException): string {
  return `Standard output cannot be written: ${code === 'ENOSPC' ? 'there is no space left (ENOSPC)' : message}`;
}

function tellOfSilence(): void {
  tell(
    lost?.code === 'EPIPE'
      ? 'Nobody reads the standard output any more. The bot goes on; --log FOLDER would keep what it says.'
      : `${outputTrouble(lost!)}. The bot goes on without.`,
  );
}

/** At once, since the process may be about to exit. */
function tell(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody reads that either.
  }
}
