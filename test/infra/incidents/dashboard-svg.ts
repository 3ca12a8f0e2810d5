import { resourcesOf, type Template } from '../synthesised.ts';
import { formulaOf } from './metric-math.ts';
import { metricKey, nameIn, type Series } from './series.ts';

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    /** `[namespace, name, dimension, value, ..., options]`, or `[{ expression }]`. */
    readonly metrics?: readonly WidgetMetric[];
    readonly annotations?: {
      readonly horizontal?: readonly { readonly value: number; readonly label?: string }[];
    };
  };
}

interface MetricOptions {
  readonly expression?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly id?: string;
  readonly visible?: boolean;
}

type WidgetMetric = readonly (string | MetricOptions)[];

/** The widgets of the template's one dashboard, in which a resource goes by its logical id. */
export function widgetsOf(template: Template): Widget[] {
  const [only] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  const text = bodyText(only![1].Properties['DashboardBody']);
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
}

function bodyText(body: unknown): string {
  const [, parts] = (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts
    .map((part) =>
      typeof part === 'string' ? part : 'Fn::FindInMap' in (part as object) ? 'console' : nameIn(part),
    )
    .join('');
}

const UNIT = 60;
const ROW = 34;
const PERIOD_S = 300;
const COLOURS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#9467bd', '#8c564b', '#17becf'];

export interface Pictured {
  readonly series: Series;
  /** The range that is shown, in minutes. */
  readonly from: number;
  readonly until: number;
  /** Logical ids of the alarms that ring at the end of it. */
  readonly ringing: ReadonlySet<string>;
  readonly caption: string;
}

/** The dashboard as CloudWatch would draw it of these metrics, near enough to judge what one sees at a glance. */
export function dashboardSvg(widgets: readonly Widget[], pictured: Pictured): string {
  const height = Math.max(...widgets.map(({ y, height: rows }) => y + rows)) * ROW + 30;
  const width = 24 * UNIT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#f2f3f3"/>`,
    ...widgets.map((widget) => drawn(widget, pictured)),
    `<text x="8" y="${height - 10}" fill="#545b64">${escaped(pictured.caption)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawn(widget: Widget, pictured: Pictured): string {
  const { x, y, width, height, properties } = widget;
  const box = { width: width * UNIT - 8, height: height * ROW - 8 };
  const inside =
    widget.type === 'text'
      ? line(
          8,
          18,
          plain(properties.markdown ?? ''),
          properties.markdown?.startsWith('##') ? 'font-weight="bold"' : '',
        )
      : widget.type === 'alarm'
        ? alarmTiles(properties.alarms ?? [], pictured.ringing)
        : graph(widget, box, pictured);
  const title = properties.title === undefined ? '' : line(8, 16, properties.title, 'font-weight="bold"');
  return `<g transform="translate(${x * UNIT + 4} ${y * ROW + 4})"><rect width="${box.width}" height="${box.height}" fill="#fff" rx="3"/>${title}${inside}</g>`;
}

function alarmTiles(alarms: readonly string[], ringing: ReadonlySet<string>): string {
  return alarms
    .map((id, at) => {
      const rings = ringing.has(id);
      const [column, row] = [at % 10, Math.floor(at / 10)];
      const name = id.replace(/^Observability/, '').replace(/[0-9A-F]{8}$/, '');
      return `<g transform="translate(${8 + column * 142} ${24 + row * 33})"><rect width="136" height="28" rx="3" fill="${rings ? '#d13212' : '#1d8102'}"/>${line(6, 18, name, 'fill="#fff" font-size="11"')}</g>`;
    })
    .join('');
}

interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [minute: number, value: number])[];
}

function graph({ properties }: Widget, box: { width: number; height: number }, pictured: Pictured): string {
  const metrics = properties.metrics ?? [];
  const curves = metrics
    .filter((metric) => optionsOf(metric).visible !== false)
    .map((metric) => curveOf(metric, metrics, pictured));
  const thresholds = properties.annotations?.horizontal ?? [];
  const top = Math.max(1, ...curves.flatMap(({ points }) => points.map(([, value]) => value))) * 1.1;
  const area = { left: 8, top: 24, width: box.width - 16, height: box.height - 44 };
  const toX = (minute: number) =>
    (area.left + ((minute - pictured.from) / (pictured.until - pictured.from)) * area.width).toFixed(1);
  const toY = (value: number) =>
    (area.top + area.height - (Math.min(value, top) / top) * area.height).toFixed(1);
  const lines = curves.map(
    ({ points }, at) =>
      `<polyline fill="none" stroke="${COLOURS[at % COLOURS.length]}" stroke-width="1.6" points="${points.map(([minute, value]) => `${toX(minute)},${toY(value)}`).join(' ')}"/>`,
  );
  // One that lies far above everything is named at the upper edge.
  const annotations = thresholds.map(
    ({ value, label = '' }, at) =>
      `<path d="M${area.left} ${toY(value)}h${area.width}" stroke="#d13212" stroke-dasharray="4 3"/>${line(area.left + area.width - 4, Number(toY(value)) - 3 + at * 12, `${label} ${value}`, 'fill="#d13212" font-size="10" text-anchor="end"')}`,
  );
  const legend = curves.map(
    ({ label }, at) => `<tspan fill="${COLOURS[at % COLOURS.length]}">■ ${escaped(label)}  </tspan>`,
  );
  return `${lines.join('')}${annotations.join('')}${line(area.left + area.width, 16, String(Math.round(top / 1.1)), 'fill="#879596" font-size="10" text-anchor="end"')}<text x="8" y="${box.height - 6}" font-size="10">${legend.join('')}</text>`;
}

function curveOf(metric: WidgetMetric, all: readonly WidgetMetric[], pictured: Pictured): Curve {
  const { expression, label, period = PERIOD_S } = optionsOf(metric);
  // A search is answered by what there is: here one version of the function.
  const [, searched] =
    /^SEARCH\('\{AWS\/Lambda.*FunctionName="(\w+)" MetricName="Invocations"/.exec(expression ?? '') ?? [];
  if (searched !== undefined) {
    const key = metricKey('AWS/Lambda', 'Invocations', { FunctionName: searched });
    return {
      label: 'version 1',
      points: pointsOf(pictured, period, (from, until) => pictured.series.statistic(key, 'Sum', from, until)),
    };
  }
  if (expression !== undefined) {
    const { ids, compute } = formulaOf(expression);
    const named = ids.map((id) => seriesOf(all.find((one) => optionsOf(one).id === id)!));
    const valueOf = (from: number, until: number) =>
      compute(named.map(({ key, stat }) => pictured.series.statistic(key, stat, from, until)));
    return { label: label ?? expression, points: pointsOf(pictured, period, valueOf) };
  }
  const { key, name, stat } = seriesOf(metric);
  return {
    label: label ?? (/^p\d+$/.test(stat) ? `${name} ${stat}` : name),
    points: pointsOf(pictured, period, (from, until) => pictured.series.statistic(key, stat, from, until)),
  };
}

function seriesOf(metric: WidgetMetric): { key: string; name: string; stat: string } {
  const [namespace = '', name = '', ...rest] = metric.filter(
    (part): part is string => typeof part === 'string',
  );
  const dimensions: Record<string, string> = {};
  for (let at = 0; at + 1 < rest.length; at += 2) dimensions[rest[at]!] = rest[at + 1]!;
  return { key: metricKey(namespace, name, dimensions), name, stat: optionsOf(metric).stat ?? 'Average' };
}

function pointsOf(
  { from, until }: Pictured,
  periodS: number,
  valueOf: (from: number, until: number) => number | undefined,
): [minute: number, value: number][] {
  const period = periodS / 60;
  const points: [number, number][] = [];
  for (let minute = from; minute + period <= until; minute += period) {
    const value = valueOf(minute, minute + period);
    if (value !== undefined) points.push([minute + period / 2, value]);
  }
  return points;
}

function optionsOf(metric: WidgetMetric): MetricOptions {
  return metric.find((part): part is MetricOptions => typeof part === 'object') ?? {};
}

function line(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(text)}</text>`;
}

function plain(markdown: string): string {
  return markdown
    .replace(/^#+ /, '')
    .replace(/\*\*/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
