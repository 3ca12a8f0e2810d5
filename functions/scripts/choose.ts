import type { Atom, AtomType } from '../knowledge/atom.ts';
import { toSearchDocument } from '../knowledge/document.ts';
import { bm25Engine } from '../search/engine.ts';
import type { SearchIndex } from '../search/port.ts';
import { TRADE_TERMS } from '../search/trade-terms.ts';

/** How many of the best hits are looked at. */
export const MAX_ATOMS = 10;
/** A further atom belongs to the subject from this share of the best score on, among headlines and among whole articles. */
const BESIDE = { headline: 0.5, article: 0.6 };
/** A script tells an article first only from this share of the search's best score on. */
const LEADS = 0.75;
/** So many times better than the next, a hit is the subject even where its headline has not all of the topic: `S7-1200 debounce a button`. */
const FAR_AHEAD = 1.8;
/** Nearer to the best than this, another article is about the topic alike. */
const ALIKE = 0.85;
/** `VFD`, `safety relay`: a topic of no more words names a thing, and is best told by an article on what that is. */
const BARE_NAME_WORDS = 2;
const EXPLAINS: ReadonlySet<string> = new Set<AtomType>(['concept', 'reference']);
const TROUBLE =
  /\b(?:fail\w*|faults?|problems?|errors?|trips?|troubleshoot\w*|won't|(?:does|do|is|are|can|will) ?n[o']?t|störung\w*|fehler\w*|defekt|nicht)(?!\p{L})/iu;
const FAULT: ReadonlySet<string> = new Set<AtomType>(['fault']);

export interface Found {
  atom: Atom;
  /** As the search of the whole knowledge base gave it. */
  score: number;
}

/**
 * The atoms that a script on the topic is made of, the one that it tells first. A search for the topic also finds articles that only
 * mention it, so the hits are searched once more by their titles, summaries and keywords alone, which tell what they are about.
 * @param found the hits, best first
 * @returns none where no article is about the topic
 */
export function aboutTopic(topic: string, found: readonly Found[]): Atom[] {
  const byId = new Map(found.slice(0, MAX_ATOMS).map((one) => [one.atom.atom_id, one]));
  const headlines = bm25Engine.builder();
  for (const { atom } of byId.values()) headlines.add({ ...toSearchDocument(atom), content: '' });
  const { hits, isAnswer } = headlines.build().search(topic, { limit: MAX_ATOMS });
  const [top, next] = found;
  const isSure = top?.atom.atom_id === hits[0]?.id && (top?.score ?? 0) >= FAR_AHEAD * (next?.score ?? 0);
  if (!isAnswer && !isSure) return [];
  const best = {
    headline: hits[0]?.score ?? 0,
    article: Math.max(...found.map(({ score }) => score)),
  };
  const ranked = hits
    .map(({ id, score }) => {
      const { atom, score: articleScore } = byId.get(id)!;
      const headline = score / best.headline;
      const article = articleScore / best.article;
      // A headline tells better what an article is about than how often the rest names it.
      return { atom, headline, article, nearness: headline ** 2 * article };
    })
    .sort((a, b) => b.nearness - a.nearness);
  const [first, ...rest] = ranked.filter(({ article }) => article >= LEADS);
  if (first === undefined) return [];
  const wanted = TROUBLE.test(topic)
    ? FAULT
    : topic.split(' ').length <= BARE_NAME_WORDS
      ? EXPLAINS
      : undefined;
  const leading =
    [first, ...rest].find(
      ({ atom, nearness }) => wanted?.has(atom.atom_type) && nearness >= first.nearness * ALIKE,
    ) ?? first;
  const others = ranked.filter(
    (one) => one !== leading && one.headline >= BESIDE.headline && one.article >= BESIDE.article,
  );
  return [leading, ...others].map(({ atom }) => atom);
}

/** Whether the topic is a maker's name and nothing else, which is no subject to tell about. */
export function isMaker(topic: string, index: SearchIndex): boolean {
  const names = TRADE_TERMS.flatMap(({ forms }) => (forms.includes(topic.toLowerCase()) ? forms : []));
  return [topic, ...names].some((name) =>
    index
      .search(`manufacturer:"${name}"`, { limit: 1 })
      .filters.some(({ value }) => value.replaceAll('_', ' ').length <= name.length + 1),
  );
}
