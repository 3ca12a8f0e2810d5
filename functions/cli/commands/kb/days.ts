import { InvalidArgumentError } from 'commander';

const DAY_MS = 24 * 3_600_000;

/** The parser of `--days`, for data that is kept so long. */
export function daysUpTo(keptMs: number): (text: string) => number {
  const most = keptMs / DAY_MS;
  return (text) => {
    const days = Number(text);
    if (Number.isInteger(days) && days >= 1 && days <= most) return days;
    throw new InvalidArgumentError(`Takes a whole number from 1 to ${most}.`);
  };
}
