import { expect, it } from 'vitest';
import { Refusals } from '../../functions/local/refusals.ts';

it('a refused request makes a line once a minute for each reason, which counts the others', () => {
  let nowMs = 0;
  const told: string[] = [];
  const refusals = new Refusals({ say: (line) => told.push(line), clock: { monotonicMs: () => nowMs } });
  for (let at = 0; at < 1_000; at += 1) refusals.refused('wrong or missing secret token');
  refusals.refused('the body is not a Telegram update');
  expect(told).toEqual([
    'Refused: wrong or missing secret token',
    'Refused: the body is not a Telegram update',
  ]);
  nowMs = 60_000;
  refusals.refused('wrong or missing secret token');
  expect(told.at(-1)).toBe('Refused: wrong or missing secret token (and 999 times since it was last told)');
  nowMs = 120_000;
  refusals.refused('wrong or missing secret token');
  expect(told.at(-1)).toBe('Refused: wrong or missing secret token');
});
