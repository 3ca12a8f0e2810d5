import { InvalidArgumentError } from 'commander';

/** An update id on the command line. */
export function parseUpdateId(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'An update id is a number, as `bot updates list`, `bot dead list` and the log show it.',
  );
}
