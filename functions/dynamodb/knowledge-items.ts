import { createHash } from 'node:crypto';
import { ATOM_FIELDS, type Atom } from '../knowledge/atom.ts';

import type { AtomRef, StoredAtom } from '../knowledge/store.ts';
import { ATOM_SHARDS, type ItemKey, keys } from './keys.ts';

export type Item = Record<string, unknown>;

export function atomKey({ id, version }: AtomRef): ItemKey {
  return keys.atom(shardOf(id), id, version);
}

/** One attribute per field, to be read in the console as in code; the names are no field's. */
export function toItem({ id, version, atom }: StoredAtom): Item {
  const { extra, ...fields } = atom;
  return {
    ...atomKey({ id, version }),
    ...fields,
    item_version: version,
    // As text: foreign fields may be deeper and their numbers larger than DynamoDB allows.
    ...(extra !== undefined && { extra_json: JSON.stringify(extra) }),
  };
}

export function toStoredAtom(item: Item): StoredAtom {
  const known = ATOM_FIELDS.filter((field) => item[field] !== undefined);
  const atom = Object.fromEntries(known.map((field) => [field, item[field]])) as unknown as Atom;
  if (typeof item.extra_json === 'string')
    atom.extra = JSON.parse(item.extra_json) as Record<string, unknown>;
  return { ...toRef(item), atom };
}

export function toRef(item: Item): AtomRef {
  return { id: item.atom_id as string, version: item.item_version as string };
}

function shardOf(id: string): number {
  return createHash('sha256').update(id).digest()[0]! % ATOM_SHARDS;
}
