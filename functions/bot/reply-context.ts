import type { Message } from 'grammy/types';
import type { SearchHit, SearchIndex } from '../search/port.ts';
import { atomIdOf } from './atom-keys.ts';
import { decodePress } from './callbacks.ts';
import { type SafeResult, searchSafely } from './safe-search.ts';
import { choiceIn, talkIn } from './talk.ts';

/** The atoms that a message of the bot showed, by its buttons: nothing is remembered between the two. */
export interface Shown {
  /** Where it was an article. */
  article?: string;
  /** All that it leads to, in order; an article is the first of its own. */
  ids: readonly string[];
  /** The number of the first of them in a list, whose second page does not begin with 1. */
  first: number;
}

/** How deep what was shown is looked for among the hits of a question. */
const DEPTH = 128;
const NUMBERED = /^(\d+)\. /;

/** The atoms in the message that somebody replied to; `undefined` where it showed none. */
export function shownIn(message: Message | undefined, botId: number, index: SearchIndex): Shown | undefined {
  const replied = message?.reply_to_message;
  if (replied?.from?.id !== botId) return undefined;
  const keys = (replied.reply_markup?.inline_keyboard ?? []).flat();
  const presses = keys.flatMap((key) => ('callback_data' in key ? [decodePress(key.callback_data)] : []));
  const idOf = (key: string): string[] => {
    const id = atomIdOf(index, key);
    return id === undefined ? [] : [id];
  };
  const [article] = presses.flatMap((press) => (press?.op === 'feedback' ? idOf(press.atomKey) : []));
  const others = presses.flatMap((press) => (press?.op === 'atom' ? idOf(press.atomKey) : []));
  const ids = [...new Set([...(article === undefined ? [] : [article]), ...others])];
  const first = Number(NUMBERED.exec(keys[0]?.text ?? '')?.[1] ?? 1);
  return ids.length === 0 ? undefined : { ids, first, ...(article !== undefined && { article }) };
}

/** The entry of a list that somebody names by its number. */
export function chosenOf({ article, ids, first }: Shown, text: string): string | undefined {
  const choice = article === undefined ? choiceIn(text) : undefined;
  if (choice === undefined) return undefined;
  return choice === 'last' ? ids.at(-1) : ids[choice - first];
}

/** A search of what a reply is about: that comes first, then all else; where nothing matches, or nothing is asked, it is what was shown. */
export function searchAbout(
  index: SearchIndex,
  query: string,
  { ids, limit, said = query }: { ids: readonly string[]; limit: number; said?: string },
): SafeResult {
  const result = searchSafely(index, query, { limit: DEPTH, said });
  if (result.hits.length === 0 || talkIn(query) === 'followUp') {
    const hits = ids
      .slice(0, limit)
      .map((id): SearchHit => ({ ...index.document(index.ordinalOf(id)), score: 0 }));
    return { ...result, hits, total: hits.length, found: hits.length, isAnswer: true };
  }
  const about = new Set(ids);
  const warning = result.hazard === undefined ? [] : result.hits.slice(0, 1);
  const others = result.hits.slice(warning.length);
  const near = others.filter(({ id }) => about.has(id));
  const far = others.slice(0, result.found).filter(({ id }) => !about.has(id));
  const hits = [...warning, ...near, ...far];
  return {
    ...result,
    hits: hits.slice(0, limit),
    found: hits.length,
    isAnswer: result.isAnswer || near.length > 0,
  };
}
