import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { StoreDamagedError, StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { reason, REASONS, stopsEverything, storeReason } from '../../functions/status/reasons.ts';
import { sourcesOf } from '../sources.ts';

it('lists in the README exactly the reasons of a degraded health', async () => {
  const readme = await readFile('functions/http/README.md', 'utf8');
  const [, list = ''] = /Each begins with one of these[^\n]*\n\n((?:- [^\n]*\n)+)/.exec(readme) ?? [];
  const listed = list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(2).replace(/ \(.*/, ''));
  expect(listed.sort()).toEqual(Object.values<string>(REASONS).sort());
});

it('has no reason that the program never gives', () => {
  const program = sourcesOf('functions/')
    .map(({ path, text }) =>
      path === 'functions/status/reasons.ts' ? text.slice(text.indexOf('export function storeReason')) : text,
    )
    .join('\n');
  const given = Object.keys(REASONS).filter((key) => program.includes(`'${key}'`));
  expect(given).toEqual(Object.keys(REASONS));
});

it('knows which reasons stop every update', () => {
  expect(stopsEverything([reason('parked', '3'), storeReason(new StoreUnavailableError('x'))])).toBe(true);
  expect(stopsEverything([storeReason(new StoreUnavailableError('x', { refusal: 'denied' }))])).toBe(true);
  expect(stopsEverything([storeReason(new StoreDamagedError('x'))])).toBe(true);
  expect(stopsEverything([reason('noKnowledge'), reason('telegramSilent', 'since today')])).toBe(false);
});

it('says how the store refuses, and repeats none of its words', () => {
  const error = new StoreUnavailableError('User arn:aws:iam::123456789012:user/x', { refusal: 'denied' });
  expect(storeReason(error)).toBe('the store refuses this bot: its credentials do not allow it');
});
