import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { pictureOf, type Picture } from '../../timeline/picture.ts';
import { Legend } from '../timeline/legend.tsx';
import { Stepper } from '../timeline/stepper.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { labelOf } from './process-label.ts';
import type { TraceFeed } from './trace-feed.ts';

const SPANS_MS = { '5 s': 5_000, '20 s': 20_000, '1 min': 60_000, '5 min': 300_000 } as const;
const DRAW_EVERY_MS = 100;
/** So much of its time a page has for other things, however slow its machine is and however much there is to draw. */
const REST_PER_DRAWING = 3;
const COUNTED = ['takeover', 'duplicate', 'fenced', 'parked', 'contended'] as const;

/** The picture of a running system: its end is now, unless one has stopped it to look. */
export function LiveTimeline(props: { name: string; feed: TraceFeed; emptyText: string }): JSX.Element {
  const { name, feed, emptyText } = props;
  const [spanMs, setSpan] = useState<number>(SPANS_MS['20 s']);
  const [stopped, stop] = useState<{ picture: Picture; index: number | undefined } | undefined>();
  const [box, width] = useWidth();
  useClock(stopped === undefined);
  const picture = stopped?.picture ?? pictureOf(feed.entries.value, Date.now());
  const atMs = stopped?.index === undefined ? undefined : picture.moments[stopped.index]?.atMs;
  const endMs = atMs === undefined ? picture.toMs : Math.max(atMs + spanMs / 4, picture.fromMs + spanMs);
  const stepTo = (index: number): void => stop({ picture, index });
  return (
    <div class="live" ref={box}>
      {feed.entries.value.length === 0 ? (
        <p class="hint">{emptyText}</p>
      ) : (
        <>
          <div class="controls">
            <button
              type="button"
              aria-pressed={stopped !== undefined}
              onClick={() => stop(stopped === undefined ? { picture, index: undefined } : undefined)}
            >
              {stopped === undefined ? 'Stop to look' : 'Go on live'}
            </button>
            {Object.entries(SPANS_MS).map(([label, ms]) => (
              <button key={label} type="button" aria-pressed={ms === spanMs} onClick={() => setSpan(ms)}>
                {label}
              </button>
            ))}
            <Counters picture={picture} />
          </div>
          <div class="scroller" tabIndex={0} role="region" aria-label={name}>
            <Timeline
              picture={picture}
              view={{ fromMs: endMs - spanMs, toMs: endMs, width }}
              atMs={atMs}
              labelOf={labelOf}
              onPick={(pickedMs) => stepTo(nearest(picture, pickedMs))}
            />
          </div>
          <Legend />
          <Stepper picture={picture} index={stopped?.index} onStep={stepTo} labelOf={labelOf} />
        </>
      )}
    </div>
  );
}

/** Draws anew, again and again, as time goes by: seldom where a drawing takes long, and not at all in a hidden tab. */
function useClock(isRunning: boolean): void {
  const [, draw] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    let next: ReturnType<typeof setTimeout>;
    let frame = 0;
    const tick = (): void => {
      const startedMs = performance.now();
      draw((count) => count + 1);
      frame = requestAnimationFrame(() => {
        // The drawing has been laid out and painted when a timer runs after the frame.
        next = setTimeout(() => {
          const tookMs = performance.now() - startedMs;
          next = setTimeout(tick, Math.max(DRAW_EVERY_MS, tookMs * REST_PER_DRAWING));
        });
      });
    };
    tick();
    return () => {
      clearTimeout(next);
      cancelAnimationFrame(frame);
    };
  }, [isRunning]);
}

function Counters({ picture }: { picture: Picture }): JSX.Element {
  const marks = picture.rows.flatMap((row) => row.marks);
  const handled = new Set(
    picture.rows.flatMap(({ spans }) =>
      spans.filter(({ kind }) => kind === 'settle').map(({ updateId }) => updateId),
    ),
  );
  return (
    <span class="counters">
      settled {handled.size}
      {COUNTED.map((kind) => ` · ${kind} ${marks.filter((mark) => mark.kind === kind).length}`).join('')}
    </span>
  );
}

export function nearest({ moments }: Picture, atMs: number): number {
  let best = 0;
  moments.forEach((moment, index) => {
    if (Math.abs(moment.atMs - atMs) < Math.abs((moments[best]?.atMs ?? Infinity) - atMs)) best = index;
  });
  return best;
}

const MIN_WIDTH = 640;

/** The width of an element, as it changes. */
export function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(MIN_WIDTH);
  useEffect(() => {
    const measure = (): void => setWidth(Math.max(MIN_WIDTH, box.current?.clientWidth ?? 0));
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
