import { InvalidArgumentError } from 'commander';

/** The parser of `--days`. */
export function daysUpTo(most: number): (text: string) => number {
  return (text) => {
    const days = Number(text);
    if (Number.isInteger(days) && days >= 1 && days <= most) return days;
    throw new InvalidArgumentError(`Takes a whole number from 1 to ${most}.`);
  };
}
