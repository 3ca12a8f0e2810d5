import { hash } from 'node:crypto';
import { MAX_QUERY_LENGTH } from '../search/query-language.ts';
import { printable } from '../telegram/limits-html.ts';
import { byteLength, wholeCharacters } from '../telegram/limits.ts';
import type { BotContext } from './context.ts';
import type { BotDeps } from './deps.ts';
import { QUERY_KEPT_MS } from './query-store.ts';

/** A query in the data of a button: `=` and the query itself, or `~` and the id under which it is stored. */
export type QueryRef = string;

/** The bytes that the other fields of a button leave at their longest: `v1:a:<11>:<3>:<3>:`. */
export const MAX_REF_BYTES = 39;
const ID_CHARACTERS = 16;

/** Soft hyphens, zero-width spaces and joints, which come along with copied text. */
const INVISIBLE = /[\u00AD\u200B\u2060\uFEFF]/g;

/** A query on one line, bounded, without what cannot be shown. */
export function cleanQuery(text: string): string {
  return wholeCharacters(onOneLine(text), MAX_QUERY_LENGTH).trim();
}

/** Whether a query is longer than what is looked at. */
export function isCut(text: string): boolean {
  return onOneLine(text).length > MAX_QUERY_LENGTH;
}

function onOneLine(text: string): string {
  return printable(text).replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

export function queryRefOf(query: string): QueryRef {
  const inline = `=${query}`;
  if (byteLength(inline) <= MAX_REF_BYTES) return inline;
  // Made of the text, so that the same query stored again overwrites itself.
  return `~${hash('sha256', query, 'base64url').slice(0, ID_CHARACTERS)}`;
}

/** To be called before a keyboard that names the query is sent. @throws StoreUnavailableError */
export async function keepQuery(deps: BotDeps, ctx: BotContext, query: string): Promise<QueryRef> {
  const ref = queryRefOf(query);
  if (ref.startsWith('~')) {
    const keepUntilMs = deps.clock.wallMs() + QUERY_KEPT_MS;
    await ctx.tenure.run((signal) => deps.queries.put(ref.slice(1), query, keepUntilMs, signal));
  }
  return ref;
}

/** `undefined` when its time is over, or it never was one. @throws StoreUnavailableError */
export async function queryOf(deps: BotDeps, ref: QueryRef): Promise<string | undefined> {
  if (ref.startsWith('=')) return cleanQuery(ref.slice(1));
  const id = ref.slice(1);
  if (!ref.startsWith('~') || !/^[\w-]{1,64}$/.test(id)) return undefined;
  return deps.queries.get(id, deps.clock.wallMs());
}
