import { Html, rich } from './limits-html.ts';
import { LIMITS, wholeCharacters } from './limits.ts';

/** A piece of a message: markup that must stay in one piece (and be shorter than a message), or text that may be cut. */
export type Segment = Html | { text: string; wrap: (piece: string) => Html };

const GAP = '\n\n';
/** Less room than this is not worth beginning a text in. */
const LEAST_ROOM = 300;
/** Where a text is cut, best first: between paragraphs, lines, sentences, words. */
const EDGES = [/\n[ \t]*\n/g, /\n/g, /[.!?:;](?= )/g, / /g];
/** A better kind of edge is taken only where it leaves no more than half of the room unused. */
const LEAST_USE = 0.5;
const MAX_INDENTATION = 40;

/** Lays segments out over as few messages as their order allows, each within `limit` characters. */
export function flow(segments: readonly Segment[], limit: number = LIMITS.message): Html[] {
  const messages: Html[] = [];
  let current: Html | undefined;
  const roomLeft = (): number => limit - (current === undefined ? 0 : current.length + GAP.length);
  const append = (piece: Html): void => {
    current = current === undefined ? piece : rich`${current}${GAP}${piece}`;
  };
  const turnPage = (): void => {
    if (current !== undefined) messages.push(current);
    current = undefined;
  };
  for (const segment of segments) {
    if (segment instanceof Html) {
      if (segment.length > roomLeft()) turnPage();
      append(segment);
      continue;
    }
    // The overhead is measured around some text, since the tags around none may be shorter.
    const overhead = segment.wrap('x').length - 1;
    let rest = withoutBlankEnds(segment.text);
    while (rest !== '') {
      if (rest.length + overhead > roomLeft() && roomLeft() < LEAST_ROOM + overhead) turnPage();
      const piece = firstPiece(rest, roomLeft() - overhead);
      append(segment.wrap(piece));
      rest = withoutBlankEnds(rest.slice(piece.length));
      if (rest !== '') turnPage();
    }
  }
  turnPage();
  return messages;
}

/** The beginning of a text, at most `maxLength` characters, cut at the best edge there is. */
export function firstPiece(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const window = text.slice(0, maxLength + 1);
  for (const edge of EDGES) {
    const last = [...window.matchAll(edge)].map(endOf).findLast((end) => end <= maxLength);
    if (last !== undefined && last >= maxLength * LEAST_USE) return text.slice(0, last).trimEnd();
  }
  return wholeCharacters(text, maxLength);
}

/** Blank lines are no part of a message's end; the indentation of its first line is, where it is not all there is. */
function withoutBlankEnds(text: string): string {
  const shown = text.replace(/^\s*\n|^ /, '').trimEnd();
  return shown.search(/\S/) > MAX_INDENTATION ? shown.trimStart() : shown;
}

/** A sentence keeps its full stop; white space is no part of either side. */
function endOf({ index, 0: matched }: RegExpExecArray): number {
  return matched.trim() === '' ? index : index + matched.length;
}
