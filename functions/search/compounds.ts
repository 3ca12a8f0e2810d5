import { occurrencesOf, CONCEPT_MARK } from './occurrences.ts';
import { normalise } from './folding.ts';
import { countNeighbours } from './phrases.ts';
import type { IndexData } from './snapshot.ts';
import { stem, tokenise, type Token } from './tokens.ts';
import { findTerm } from './vocabulary.ts';

/**
 * Compounds are written apart, together or with a hyphen: `over current`, `overcurrent`, `over-current`. Two words of a query
 * are read as one too where the texts rather have that one, and an unknown word as two where some text has them as neighbours.
 */

const LETTERS = /^\p{L}+$/u;
const MIN_PART_LENGTH = 2;
const MIN_JOINED_LENGTH = 5;
/** The stopwords that compounds are made with; `the rapist` is none. */
const PARTICLES = new Set(['in', 'on', 'out', 'over', 'under', 'up', 'by']);

/** The two words as one, when more documents have that than the two side by side. */
export function joinWords(data: IndexData, left: Token, right: Token): Token | undefined {
  if (right.gap !== 'space' && right.gap !== 'hyphen') return undefined;
  if (left.isStopword && right.isStopword) return undefined;
  if (![left, right].every(isPart)) return undefined;
  const word = left.word + right.word;
  if (word.length < MIN_JOINED_LENGTH) return undefined;
  const together = documentsWith(data, word);
  if (together === 0) return undefined;
  // Where a stopword is has not been indexed.
  const apart =
    left.isStopword || right.isStopword ? 0 : countNeighbours(data, left.term, right.term, together);
  const [joined] = tokenise(word);
  return joined && apart < together
    ? { ...joined, start: left.start, end: right.end, gap: left.gap }
    : undefined;
}

/** One word as two, when they are neighbours in a text or are a term of the trade. */
export function splitWord(data: IndexData, token: Token): [Token, Token] | undefined {
  const { word, start, end, gap } = token;
  if (!LETTERS.test(word)) return undefined;
  for (let at = word.length - MIN_PART_LENGTH; at >= MIN_PART_LENGTH; at--) {
    const [left, right] = tokenise(`${word.slice(0, at)} ${word.slice(at)}`);
    if (left === undefined || right === undefined || !areKnownTogether(data, left, right)) continue;
    return [
      { ...left, start, end, gap },
      { ...right, start, end },
    ];
  }
  return undefined;
}

/**
 * Whether a word is one that the index knows with a particle, as `setup` and `overcurrent` are: of `set-up`, as some texts have
 * it, only `set` is indexed.
 */
export function hasParticle(data: IndexData, { word }: Token): boolean {
  const isKnown = (rest: string): boolean =>
    rest.length > MIN_PART_LENGTH && findTerm(data, stem(rest)) !== undefined;
  return [...PARTICLES].some(
    (particle) =>
      (word.startsWith(particle) && isKnown(word.slice(particle.length))) ||
      (word.endsWith(particle) && isKnown(word.slice(0, -particle.length))),
  );
}

function areKnownTogether(data: IndexData, left: Token, right: Token): boolean {
  const isConcept = occurrencesOf([left, right]).some(
    ({ term, count }) => count === 2 && term.startsWith(CONCEPT_MARK) && findTerm(data, term) !== undefined,
  );
  if (isConcept || left.isStopword || right.isStopword) return isConcept;
  return countNeighbours(data, left.term, right.term, 1) > 0;
}

/** How many documents have the word itself, and not only another one of its stem: `intime` is not `intimate`. */
function documentsWith(data: IndexData, word: string): number {
  const term = stem(word);
  const number = findTerm(data, term);
  if (number === undefined) return 0;
  const spelling = normalise((data.spellings.at(number) || term).split(' ')[0] ?? term);
  return spelling.startsWith(word) || word.startsWith(spelling) ? data.documentCounts[number]! : 0;
}

function isPart({ word, isStopword }: Token): boolean {
  return word.length >= MIN_PART_LENGTH && LETTERS.test(word) && (!isStopword || PARTICLES.has(word));
}
