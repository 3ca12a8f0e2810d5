import type { JSX } from 'preact';
import type { Mark } from '../../timeline/picture.ts';

const LETTERS = {
  takeover: '⇄',
  duplicate: '2×',
  fenced: '⛔',
  parked: '🅿',
  failed: '!',
  contended: '…',
  outage: '⚡',
  violation: '✗',
  note: '✎',
} as const;

/** Drawn, since no font is sure to have them: a cross, an hourglass, two sheets, the face of a clock. */
const SHAPES = {
  lost: 'M-4 -4L4 4M4 -4L-4 4',
  late: 'M-4 -5H4L-4 5H4Z',
  twice: 'M-5 -5H2V2H-5ZM5 -2V5H-2V2H2V-2Z',
  clock: 'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0ZM0 -3V0H3',
} as const;

/** The sign of a mark, around the origin of the coordinates: each kind has a form and a colour of its own. */
export function Sign({ kind }: { kind: Mark['kind'] }): JSX.Element {
  return kind in SHAPES ? (
    <path class={`mark ${kind}`} d={SHAPES[kind as keyof typeof SHAPES]} />
  ) : (
    <text class={`mark ${kind}`} y={5} text-anchor="middle">
      {LETTERS[kind as keyof typeof LETTERS]}
    </text>
  );
}
