import { createHash } from 'node:crypto';
import type { Atom } from './atom.ts';

/** Length of every {@link contentHash}. */
export const CONTENT_HASH_LENGTH = 22;

/** Tells whether two atoms say the same, whatever the order of their fields: 128 bits in base64url. */
export function contentHash(atom: Atom): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(atom)))
    .digest();
  return digest.subarray(0, 16).toString('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, entry]) => [name, sorted(entry)]));
}
