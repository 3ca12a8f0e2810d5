import type { JSX } from 'preact';
import type { Moment, Picture } from '../../timeline/picture.ts';

/** The number of moments that are listed around the current one. */
const SHOWN = 9;

/** Steps through a picture's moments, one at a time, and says each in words. */
export function Stepper(props: {
  picture: Picture;
  index: number | undefined;
  onStep: (index: number) => void;
  labelOf: (process: string) => string;
}): JSX.Element {
  const { picture, index, onStep, labelOf } = props;
  const { moments, fromMs } = picture;
  const at = index ?? moments.length - 1;
  const first = Math.max(0, Math.min(at - Math.floor(SHOWN / 2), moments.length - SHOWN));
  const go = (to: number): void => onStep(Math.max(0, Math.min(moments.length - 1, to)));
  const line = ({ atMs, process, text }: Moment): string =>
    `${((atMs - fromMs) / 1000).toFixed(3)} s  ${labelOf(process)}: ${text}`;
  return (
    <div class="stepper">
      <div class="controls">
        <button type="button" onClick={() => go(0)}>
          First
        </button>
        <button type="button" onClick={() => go(at - 1)} aria-keyshortcuts="ArrowLeft">
          ← Back
        </button>
        <button type="button" onClick={() => go(at + 1)} aria-keyshortcuts="ArrowRight">
          Step →
        </button>
        <button type="button" onClick={() => go(moments.length - 1)}>
          Last
        </button>
        <span>
          {moments.length === 0 ? 'Nothing has happened yet' : `moment ${at + 1} of ${moments.length}`}
        </span>
      </div>
      <ol
        class="moments"
        start={first + 1}
        tabIndex={0}
        aria-label="Moments"
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') go(at - 1);
          else if (event.key === 'ArrowRight' || event.key === 'ArrowDown') go(at + 1);
          else return;
          event.preventDefault();
        }}
      >
        {moments.slice(first, first + SHOWN).map((moment, offset) => (
          <li
            key={first + offset}
            aria-current={index !== undefined && first + offset === at ? 'step' : undefined}
          >
            <button type="button" class="link" onClick={() => go(first + offset)}>
              {line(moment)}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
