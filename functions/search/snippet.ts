import { occurrencesOf } from './occurrences.ts';
import { tokenise, type Token } from './tokens.ts';

const ELLIPSIS = '…';
const SPACES = /\s+/gu;
/** More of a text than this is not looked at: the snippet of a message has a few hundred characters. */
const MAX_TEXT_LENGTH = 20_000;

/** After these a snippet may begin: white space, and the full stops of scripts that write none after them. */
const MAY_BEGIN_AFTER = /[\s\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]/u;
const DIGIT = /\d/;
const NUMBER_GOES_ON_AFTER = /[\d\p{S}\p{Pd}]/u;

/**
 * The stretch of `text` with most of the different terms in it, and among equals the first, cut at white space only: half of
 * a number is another number. White space is folded to single spaces; what was left out is marked with an ellipsis, which
 * counts as one character.
 */
export function snippetOf(text: string, terms: readonly string[], maxLength: number): string {
  const flat = text.slice(0, MAX_TEXT_LENGTH).replace(SPACES, ' ').trim();
  if (flat.length <= maxLength && text.length <= MAX_TEXT_LENGTH) return flat;
  const tokens = tokenise(flat);
  const room = maxLength - 2 * ELLIPSIS.length;
  if (room < 1) return '';
  const { match, earliest } = bestWindow(tokens, new Set(terms), room);
  return cut(flat, beginning(flat, earliest, match), maxLength);
}

/** The first match of the best window, and how far before it the snippet may begin. */
function bestWindow(
  tokens: readonly Token[],
  terms: ReadonlySet<string>,
  room: number,
): { match: number; earliest: number } {
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
  return { match: best.start, earliest: Math.max(0, best.start - lead) };
}

/** The first place from `earliest` on where a word begins that nothing is written to, or else the last one before it. */
function beginning(flat: string, earliest: number, match: number): number {
  for (let i = earliest; i <= match; i++) if (mayBegin(flat, i)) return i;
  for (let i = earliest - 1; i > 0; i--) if (mayBegin(flat, i)) return i;
  return 0;
}

function mayBegin(flat: string, i: number): boolean {
  if (i === 0) return true;
  return MAY_BEGIN_AFTER.test(flat.charAt(i - 1)) && flat.charAt(i) !== ' ' && !isInsideNumber(flat, i - 1);
}

/** True of the space in "10 000 V", "6ES7 214-1AG40" and "< 50 V". */
function isInsideNumber(flat: string, space: number): boolean {
  return DIGIT.test(flat.charAt(space + 1)) && NUMBER_GOES_ON_AFTER.test(flat.charAt(space - 1));
}

function cut(flat: string, start: number, maxLength: number): string {
  const prefix = start > 0 ? ELLIPSIS : '';
  if (flat.length - start + prefix.length <= maxLength) return prefix + flat.slice(start);
  const hardEnd = start + maxLength - prefix.length - ELLIPSIS.length;
  let space = flat.lastIndexOf(' ', hardEnd);
  while (space > start && isInsideNumber(flat, space)) space = flat.lastIndexOf(' ', space - 1);
  // One word may be longer than the whole snippet, such as a web address.
  const end = space > start ? space : wholeCharacters(flat, start, hardEnd);
  return prefix + flat.slice(start, end).trimEnd() + ELLIPSIS;
}

/** Steps back from between the two halves of a surrogate pair. */
function wholeCharacters(text: string, start: number, end: number): number {
  const last = text.charCodeAt(end - 1);
  return end > start && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
