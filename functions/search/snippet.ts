import { occurrencesOf } from './occurrences.ts';
import { tokenise, type Token } from './tokens.ts';

const ELLIPSIS = '…';
const SPACES = /\s+/gu;
/** More of a text than this is not looked at: the snippet of a message has a few hundred characters. */
const MAX_TEXT_LENGTH = 20_000;

/**
 * The stretch of `text` with most of the different terms in it, and among equals the first, cut at word boundaries.
 * White space is folded to single spaces; what was left out is marked with an ellipsis, which counts as one character.
 */
export function snippetOf(text: string, terms: readonly string[], maxLength: number): string {
  const flat = text.slice(0, MAX_TEXT_LENGTH).replace(SPACES, ' ').trim();
  if (flat.length <= maxLength && text.length <= MAX_TEXT_LENGTH) return flat;
  const tokens = tokenise(flat);
  const room = maxLength - 2 * ELLIPSIS.length;
  if (room < 1) return '';
  const start = bestStart(tokens, new Set(terms), room);
  return cut(flat, start, maxLength);
}

/** Where the best window begins: a little before its first match, at the start of a sentence when one is near. */
function bestStart(tokens: readonly Token[], terms: ReadonlySet<string>, room: number): number {
  const matches = occurrencesOf(tokens)
    .filter(({ term }) => terms.has(term))
    .map(({ term, position, count }) => ({
      term,
      start: tokens[position]?.start ?? 0,
      end: tokens[position + count - 1]?.end ?? 0,
    }));
  let best = { distinct: 0, total: 0, start: 0, end: 0 };
  matches.forEach((first, i) => {
    const seen = new Set<string>();
    let total = 0;
    let end = first.end;
    for (let j = i; j < matches.length; j++) {
      const match = matches[j]!;
      if (match.end - first.start > room) break;
      seen.add(match.term);
      total++;
      end = match.end;
    }
    if (seen.size > best.distinct || (seen.size === best.distinct && total > best.total)) {
      best = { distinct: seen.size, total, start: first.start, end };
    }
  });
  // Half of the spare room goes in front, so that the match is read in its sentence.
  const lead = Math.floor((room - (best.end - best.start)) / 2);
  const earliest = best.start - lead;
  if (earliest <= 0) return 0;
  return tokens.find((token) => token.start >= earliest)?.start ?? best.start;
}

function cut(flat: string, start: number, maxLength: number): string {
  const prefix = start > 0 ? ELLIPSIS : '';
  if (flat.length - start + prefix.length <= maxLength) return prefix + flat.slice(start);
  const hardEnd = start + maxLength - prefix.length - ELLIPSIS.length;
  const space = flat.lastIndexOf(' ', hardEnd);
  // One word may be longer than the whole snippet, such as a web address.
  const end = space > start ? space : wholeCharacters(flat, start, hardEnd);
  return prefix + flat.slice(start, end).trimEnd() + ELLIPSIS;
}

/** Steps back from between the two halves of a surrogate pair. */
function wholeCharacters(text: string, start: number, end: number): number {
  const last = text.charCodeAt(end - 1);
  return end > start && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
