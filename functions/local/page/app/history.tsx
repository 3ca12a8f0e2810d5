import { render, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { pictureOf } from '../timeline/picture.ts';
import type { TraceEntry } from '../timeline/trace.ts';
import { nearest, useWidth } from './guarantee/live-timeline.tsx';
import './style.css';
import { Legend } from './timeline/legend.tsx';
import { Stepper } from './timeline/stepper.tsx';
import { Timeline } from './timeline/timeline.tsx';

/** A history that is over, as a file of its own holds it. */
interface History {
  readonly title: string;
  /** How it was planned: faults, clocks, updates. */
  readonly plan: string;
  readonly entries: readonly TraceEntry[];
}

const ZOOMS = [1, 4, 16, 64, 256] as const;

function Page({ history }: { history: History }): JSX.Element {
  const [picture] = useState(() => pictureOf(history.entries));
  const firstBroken = picture.violations[0]?.atMs;
  const [index, stepTo] = useState<number | undefined>(
    firstBroken === undefined ? undefined : nearest(picture, firstBroken),
  );
  const [zoom, setZoom] = useState<number>(ZOOMS[0]);
  const [box, width] = useWidth();
  const atMs = index === undefined ? undefined : picture.moments[index]?.atMs;
  const wholeMs = Math.max(1, picture.toMs - picture.fromMs);
  const spanMs = wholeMs / zoom;
  const fromMs = Math.max(
    picture.fromMs,
    Math.min((atMs ?? picture.fromMs) - spanMs / 2, picture.toMs - spanMs),
  );
  return (
    <main class="guarantee">
      <h1>{history.title}</h1>
      {picture.violations.length === 0 ? (
        <p>No promise is broken in this history.</p>
      ) : (
        <ul class="problem">
          {picture.violations.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div class="controls">
        <span>Zoom</span>
        {ZOOMS.map((factor) => (
          <button key={factor} type="button" aria-pressed={zoom === factor} onClick={() => setZoom(factor)}>
            {factor}×
          </button>
        ))}
      </div>
      <div class="scroller" ref={box} tabIndex={0} role="region" aria-label="Timeline">
        <Timeline
          picture={picture}
          view={{ fromMs, toMs: fromMs + spanMs, width }}
          atMs={atMs}
          labelOf={(process) => process}
          onPick={(pickedMs) => stepTo(nearest(picture, pickedMs))}
        />
      </div>
      <Legend />
      <Stepper picture={picture} index={index} onStep={stepTo} labelOf={(process) => process} />
      <details>
        <summary>The plan of this history</summary>
        <pre class="plan">{history.plan}</pre>
      </details>
    </main>
  );
}

const root = document.getElementById('app');
const data = document.getElementById('history')?.textContent;
if (root !== null && data) render(<Page history={JSON.parse(data) as History} />, root);
