import type { JSX } from 'preact';
import { seenApart } from './seen-apart.ts';
import { Sign } from './sign.tsx';
import type { LeaseSpan, Picture, Row, Span } from '../../timeline/picture.ts';

const LABEL_WIDTH = 150;
const LEASE_HEIGHT = 26;
const ROW_HEIGHT = 46;
const AXIS_HEIGHT = 22;
const MIN_WIDTH = 2;
const SIGN_WIDTH = 8;

/** Which part of the picture is drawn, on how many pixels. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
}

/**
 * The picture of a trace: time from left to right, a row a process, the lease of each partition above. A program that
 * reads aloud gets the moments in a list beside it.
 */
export function Timeline(props: {
  picture: Picture;
  view: View;
  /** The instant one has stepped to. */
  atMs: number | undefined;
  labelOf: (process: string) => string;
  onPick: (atMs: number) => void;
}): JSX.Element {
  const { picture, view, atMs, labelOf, onPick } = props;
  const { rows, leases, outages, violations } = picture;
  const x = scaleOf(view);
  const leasesEnd = AXIS_HEIGHT + leases.length * LEASE_HEIGHT;
  const height = leasesEnd + rows.length * ROW_HEIGHT + 4;
  const colors = new Map(rows.map(({ process }, index) => [process, `hue-${index % 8}`]));
  const bounds = (fromMs: number, toMs = view.toMs): { x: number; width: number } => {
    const from = x(Math.max(fromMs, view.fromMs));
    return { x: from, width: Math.max(MIN_WIDTH, x(Math.min(toMs, view.toMs)) - from) };
  };
  const isSeen = (fromMs: number, toMs = Infinity): boolean => fromMs <= view.toMs && toMs >= view.fromMs;

  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${view.width} ${height}`}
      width={view.width}
      height={height}
      role="img"
      aria-label={`Timeline: ${rows.length} processes, ${leases.length} leases, ${violations.length} broken promises`}
      onClick={(event) => {
        const { left } = event.currentTarget.getBoundingClientRect();
        const share = (event.clientX - left - LABEL_WIDTH) / (view.width - LABEL_WIDTH);
        if (share >= 0) onPick(view.fromMs + share * (view.toMs - view.fromMs));
      }}
    >
      <Axis view={view} originMs={picture.fromMs} height={height} />
      {outages
        .filter((outage) => isSeen(outage.fromMs, outage.toMs))
        .map((outage) => (
          <rect
            key={`${outage.of}${outage.fromMs}`}
            class={`outage ${outage.of}`}
            y={AXIS_HEIGHT}
            height={height}
            {...bounds(outage.fromMs, outage.toMs)}
          >
            <title>{outage.text}</title>
          </rect>
        ))}
      {leases.map(({ partition, spans }, index) => (
        <g key={partition} transform={`translate(0 ${AXIS_HEIGHT + index * LEASE_HEIGHT})`}>
          <text class="label" x={4} y={17}>
            lease {partition}
          </text>
          {seenApart(
            spans.filter((span) => span.holder !== undefined && isSeen(span.fromMs, span.toMs)),
            (span) => placeOf(bounds(span.fromMs, span.toMs), span.holder),
          ).map((span) => (
            <Lease
              key={`${span.fencingToken}-${span.fromMs}`}
              span={span}
              color={colors.get(span.holder ?? '') ?? ''}
              bounds={bounds}
              labelOf={labelOf}
            />
          ))}
        </g>
      ))}
      {rows.map((row, index) => (
        <g key={row.process} transform={`translate(0 ${leasesEnd + index * ROW_HEIGHT})`}>
          <line class="divider" x1={0} x2={view.width} y1={0} y2={0} />
          <rect class={`swatch ${colors.get(row.process)}`} x={4} y={10} width={8} height={26} rx={2} />
          <text class="label" x={18} y={27}>
            {labelOf(row.process)}
          </text>
          <Process row={row} bounds={bounds} isSeen={isSeen} x={x} />
        </g>
      ))}
      {violations.map((mark) => (
        <g key={mark.text} class="violation">
          <line x1={x(mark.atMs)} x2={x(mark.atMs)} y1={0} y2={height} />
          <text x={x(mark.atMs) + 4} y={12}>
            ✗ broken
          </text>
          <title>{mark.text}</title>
        </g>
      ))}
      {atMs !== undefined && isSeen(atMs, atMs) && (
        <line class="cursor" x1={x(atMs)} x2={x(atMs)} y1={0} y2={height} />
      )}
    </svg>
  );
}

/** A wide span has no place that others share; of narrower ones, one is drawn per column of pixels. */
const placeOf = (at: { x: number; width: number }, what = ''): string | undefined =>
  at.width > MIN_WIDTH ? undefined : `${what} ${Math.floor(at.x)}`;

type Bounds = (fromMs: number, toMs?: number) => { x: number; width: number };

function Lease(props: {
  span: LeaseSpan;
  color: string;
  bounds: Bounds;
  labelOf: (process: string) => string;
}): JSX.Element {
  const { span, color, bounds, labelOf } = props;
  const place = bounds(span.fromMs, span.toMs);
  const title = `${labelOf(span.holder ?? '')} holds it under token ${span.fencingToken}`;
  const expiry = bounds(span.expiresAtMs, span.expiresAtMs);
  return (
    <g>
      <rect class={`lease ${color}`} y={4} height={18} rx={3} {...place} />
      {place.width > 26 && (
        <text class="token" x={place.x + 4} y={17}>
          {span.fencingToken}
        </text>
      )}
      {expiry.x > place.x && expiry.x < place.x + place.width && (
        <rect class="expired" y={4} height={18} x={expiry.x} width={place.x + place.width - expiry.x} />
      )}
      <title>{title}</title>
    </g>
  );
}

function Process(props: {
  row: Row;
  bounds: Bounds;
  isSeen: (fromMs: number, toMs?: number) => boolean;
  x: (atMs: number) => number;
}): JSX.Element {
  const { row, bounds, isSeen, x } = props;
  return (
    <>
      {seenApart(
        row.spans.filter(({ fromMs, toMs }) => isSeen(fromMs, toMs)),
        ({ kind, isBad, fromMs, toMs }) => placeOf(bounds(fromMs, toMs), `${kind} ${isBad}`),
      ).map((span) => (
        <rect
          key={`${span.kind}-${span.fromMs}-${span.updateId}-${span.text}`}
          class={`span ${span.kind}${span.isBad ? ' bad' : ''}`}
          {...LANES[span.kind]}
          {...bounds(span.fromMs, span.toMs)}
        >
          <title>{span.text}</title>
        </rect>
      ))}
      {row.spans
        .filter((span) => span.kind === 'handle' && isSeen(span.fromMs, span.toMs))
        .map((span) => (
          <SpanLabel key={`label-${span.fromMs}-${span.updateId}`} span={span} bounds={bounds} />
        ))}
      {row.absences
        .filter(({ fromMs, toMs }) => isSeen(fromMs, toMs))
        .map(({ fromMs, toMs, why }) => (
          <rect key={`${why}-${fromMs}`} class={`absent ${why}`} y={6} height={34} {...bounds(fromMs, toMs)}>
            <title>{why}</title>
          </rect>
        ))}
      {seenApart(
        row.marks.filter(({ atMs }) => isSeen(atMs, atMs)),
        ({ kind, atMs }) => `${kind} ${Math.floor(x(atMs) / SIGN_WIDTH)}`,
      ).map((mark) => (
        <g key={`${mark.kind}-${mark.atMs}-${mark.text}`} transform={`translate(${x(mark.atMs)} 8)`}>
          <Sign kind={mark.kind} />
          <title>{mark.text}</title>
        </g>
      ))}
    </>
  );
}

function SpanLabel({ span, bounds }: { span: Span; bounds: Bounds }): JSX.Element | null {
  const { x, width } = bounds(span.fromMs, span.toMs);
  const text = String(span.updateId).slice(-4);
  if (width < text.length * 8) return null;
  return (
    <text class="token" x={x + 3} y={28}>
      {text}
    </text>
  );
}

/** Protocol and handling share a lane, since they follow each other; what goes to Telegram is below. */
const LANES: Readonly<Record<Span['kind'], { y: number; height: number }>> = {
  delivery: { y: 15, height: 2 },
  acquire: { y: 17, height: 14 },
  claim: { y: 17, height: 14 },
  handle: { y: 17, height: 14 },
  settle: { y: 17, height: 14 },
  request: { y: 17, height: 14 },
  call: { y: 33, height: 7 },
};

function scaleOf({ fromMs, toMs, width }: View): (atMs: number) => number {
  const pixelsPerMs = (width - LABEL_WIDTH) / Math.max(1, toMs - fromMs);
  return (atMs) => LABEL_WIDTH + (atMs - fromMs) * pixelsPerMs;
}

/** Seconds since the beginning, in steps that leave room for their labels. */
function Axis({ view, originMs, height }: { view: View; originMs: number; height: number }): JSX.Element {
  const x = scaleOf(view);
  const stepMs = stepFor((view.toMs - view.fromMs) / Math.max(2, view.width / 110));
  const first = Math.ceil((view.fromMs - originMs) / stepMs);
  const ticks = Array.from(
    { length: Math.ceil((view.toMs - view.fromMs) / stepMs) + 1 },
    (_, index) => first + index,
  )
    .map((step) => step * stepMs)
    .filter((sinceMs) => originMs + sinceMs <= view.toMs);
  return (
    <g class="axis">
      {ticks.map((sinceMs) => (
        <g key={sinceMs}>
          <line x1={x(originMs + sinceMs)} x2={x(originMs + sinceMs)} y1={16} y2={height} />
          <text x={x(originMs + sinceMs)} y={12} text-anchor="middle">
            {(sinceMs / 1000).toFixed(stepMs < 1000 ? 2 : 0)} s
          </text>
        </g>
      ))}
    </g>
  );
}

function stepFor(wantedMs: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, wantedMs)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= wantedMs) ?? 10) * power;
}
