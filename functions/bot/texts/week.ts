import { type Html, joinHtml, rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import type { AtomTally } from '../feedback-store.ts';
import type { Gap } from '../gap-store.ts';

/** The news of one week. */
export interface Week {
  atoms: number;
  /** More than a week ago; less than nothing where atoms went. */
  added: number;
  gaps: Gap[];
  badlyVoted: AtomTally[];
}

/** The weekly note in one language's words. */
export function weekText(
  { gaps, badlyVoted }: Week,
  words: {
    title: Html;
    total: Html;
    gaps: Html;
    badlyVoted: Html;
    stop: Html;
    number: (value: number) => string;
  },
): Html {
  const { number } = words;
  const list = (title: Html, lines: readonly Html[]): Html | undefined =>
    lines.length === 0 ? undefined : joinHtml([title, ...lines], '\n');
  return joinHtml(
    [
      words.title,
      words.total,
      list(
        words.gaps,
        gaps.map(({ query, count }) => rich`${number(count)} × ${shorten(query, 100)}`),
      ),
      list(
        words.badlyVoted,
        badlyVoted.map(
          ({ atomId, up, down }) =>
            rich`👎 ${number(down)} 👍 ${number(up)} <code>${shorten(atomId, 100)}</code>`,
        ),
      ),
      words.stop,
    ],
    '\n\n',
  );
}
