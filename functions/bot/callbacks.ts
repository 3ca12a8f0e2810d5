import { packCallback, unpackCallback } from '../telegram/limits-callback.ts';
import type { QueryRef } from './query-refs.ts';
import type { Vote } from './feedback-store.ts';

/** Where an atom was opened from, so that there is a way back. */
export interface ResultsPlace {
  query: QueryRef;
  /** From 0. */
  page: number;
}

/** The meaning of a press on one of our buttons. Atoms are named by their key (./atom-keys.ts). */
export type Press =
  | ({ op: 'results' } & ResultsPlace)
  | { op: 'atom'; atomKey: string; part: number; from?: ResultsPlace }
  | { op: 'feedback'; atomKey: string; vote: Vote }
  | { op: 'script'; scriptId: string }
  | { op: 'upload'; confirmed: boolean }
  | { op: 'forget'; confirmed: boolean }
  /** `code` absent: as Telegram says. */
  | { op: 'language'; code?: string }
  /** The label between two arrows. */
  | { op: 'nothing' };

export type PressOf<Op extends Press['op']> = Extract<Press, { op: Op }>;

const MAX_NUMBER = 999;

export function encodePress(press: Press): string {
  switch (press.op) {
    case 'results':
      return packCallback('r', [press.page, press.query]);
    case 'atom':
      return packCallback('a', [press.atomKey, press.part, press.from?.page ?? '', press.from?.query ?? '']);
    case 'feedback':
      return packCallback('f', [press.vote, press.atomKey]);
    case 'script':
      return packCallback('s', [press.scriptId]);
    case 'upload':
      return packCallback('u', [press.confirmed ? 'y' : 'n']);
    case 'forget':
      return packCallback('d', [press.confirmed ? 'y' : 'n']);
    case 'language':
      return packCallback('l', [press.code ?? '']);
    case 'nothing':
      return packCallback('n', []);
  }
}

const FIELDS: Readonly<Record<string, number>> = { r: 2, a: 4, f: 2, s: 1, u: 1, d: 1, l: 1, n: 0 };

/** `undefined` for a keyboard of another version, and for anything a client made up. */
export function decodePress(data: string): Press | undefined {
  const unpacked = unpackCallback(data, (op) => (Object.hasOwn(FIELDS, op) ? FIELDS[op] : undefined));
  if (unpacked === undefined) return undefined;
  const [first = '', second = '', third = '', fourth = ''] = unpacked.fields;
  switch (unpacked.op) {
    case 'r': {
      const page = numberOf(first);
      return page === undefined || second === '' ? undefined : { op: 'results', page, query: second };
    }
    case 'a': {
      const part = numberOf(second);
      if (first === '' || part === undefined) return undefined;
      if (fourth === '') return { op: 'atom', atomKey: first, part };
      const page = numberOf(third);
      return page === undefined
        ? undefined
        : { op: 'atom', atomKey: first, part, from: { page, query: fourth } };
    }
    case 'f':
      return first === 'up' || first === 'down'
        ? { op: 'feedback', vote: first, atomKey: second }
        : undefined;
    case 's':
      return { op: 'script', scriptId: first };
    case 'u':
    case 'd':
      if (first !== 'y' && first !== 'n') return undefined;
      return { op: unpacked.op === 'u' ? 'upload' : 'forget', confirmed: first === 'y' };
    case 'l':
      return first === '' ? { op: 'language' } : { op: 'language', code: first };
    default:
      return { op: 'nothing' };
  }
}

function numberOf(field: string): number | undefined {
  if (!/^\d{1,3}$/.test(field)) return undefined;
  return Math.min(Number(field), MAX_NUMBER);
}
