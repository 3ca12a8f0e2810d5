import { expect, it } from 'vitest';
import { SubscriptionMark } from '../../functions/telegram/subscription-mark.ts';

const FOUND = ['message', 'poll_answer'];

it('a mark keeps the kinds that were asked for before, and differs from the one before it', () => {
  const numbers = [0, 0, 0, 0, 0.9, 0.9, 0.9, 0.9];
  const mark = new SubscriptionMark(FOUND, () => numbers.shift() ?? 0);
  const marks = [mark.next(), mark.next()];
  for (const kinds of marks) expect(kinds).toEqual(expect.arrayContaining(FOUND));
  expect(new Set(marks[0])).not.toEqual(new Set(marks[1]));
  expect(mark.isOwn(marks[1])).toBe(true);
  expect(mark.isOwn(marks[0])).toBe(false);
});
