import { hash } from 'node:crypto';
import type { SearchIndex } from '../search/port.ts';
import { LIMITS } from '../telegram/limits.ts';

const KEY_CHARACTERS = 11;

/** An id may have 512 bytes, and a button's data has 64: 66 bits of its hash stand for it. */
export function atomKeyOf(atomId: string): string {
  return hash('sha256', atomId, 'base64url').slice(0, KEY_CHARACTERS);
}

const tables = new WeakMap<SearchIndex, Map<string, number>>();

/**
 * The id that a key stands for in this version. It needs no store and outlives any number of imports, at the price
 * of one pass over the ids in the first press that an environment sees.
 */
export function atomIdOf(index: SearchIndex, key: string): string | undefined {
  let table = tables.get(index);
  if (table === undefined) {
    table = new Map();
    for (let i = 0; i < index.size; i += 1) table.set(atomKeyOf(index.document(i).id), i);
    tables.set(index, table);
  }
  const ordinal = table.get(key);
  return ordinal === undefined ? undefined : index.document(ordinal).id;
}

/** The payload of a deep link to an atom: `a` and the id in base64url, or `h` and its key where that is too long. */
export function startPayloadOf(atomId: string): string {
  const whole = `a${Buffer.from(atomId).toString('base64url')}`;
  return whole.length <= LIMITS.startPayload ? whole : `h${atomKeyOf(atomId)}`;
}

/** Whether a payload of `/start` speaks of an atom, be it there or not. */
export function isStartOfAtom(payload: string): boolean {
  return payload.includes(':') || /^[ah][\w-]{11,}$/.test(payload);
}

/** The atom a deep link leads to; people may also type an id behind `/start`. */
export function atomIdOfStart(index: SearchIndex, payload: string): string | undefined {
  if (index.ordinalOf(payload) >= 0) return payload;
  if (payload.startsWith('h')) return atomIdOf(index, payload.slice(1));
  if (!payload.startsWith('a')) return undefined;
  const id = Buffer.from(payload.slice(1), 'base64url').toString();
  return index.ordinalOf(id) >= 0 ? id : undefined;
}
