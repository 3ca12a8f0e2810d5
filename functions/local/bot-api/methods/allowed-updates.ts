import type { Arguments } from '../arguments.ts';
import { DEFAULT_ALLOWED_UPDATES, UPDATE_KINDS, type UpdateKind } from '../update-kinds.ts';

/**
 * `allowed_updates` as Telegram reads it: undefined (keep the previous setting) when left out or no array of strings;
 * unknown names are ignored, and a list without known ones means the default.
 */
export function allowedUpdates(args: Arguments): readonly UpdateKind[] | undefined {
  let value: unknown;
  try {
    value = args.json('allowed_updates');
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) return undefined;
  const names = value.map((name) => name.toLowerCase());
  const kinds = UPDATE_KINDS.filter((kind) => names.includes(kind));
  return kinds.length === 0 ? DEFAULT_ALLOWED_UPDATES : kinds;
}
