import { METRIC_NAMESPACE } from '../../functions/telemetry/metric-names.ts';
import { resourcesOf, type Template } from './synthesised.ts';

/** `namespace name {dimensions}`: two metrics with the same text are one to CloudWatch. */
export type MetricText = string;

/** Every metric that was written in the embedded metric format. */
export function emittedMetrics(output: string): Set<MetricText> {
  interface Emf {
    _aws?: {
      CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
    };
  }
  const found = new Set<MetricText>();
  for (const line of output.split('\n')) {
    if (!line.startsWith('{') || !line.includes('"_aws"')) continue;
    const emf = JSON.parse(line) as Emf & Record<string, string | number>;
    for (const { Namespace, Dimensions, Metrics } of emf._aws?.CloudWatchMetrics ?? []) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(emf[name])]));
        for (const { Name } of Metrics)
          if (typeof emf[Name] === 'number' || Array.isArray(emf[Name]))
            found.add(textOf(Namespace, Name, dimensions));
      }
    }
  }
  return found;
}

/** The custom metrics of all alarms and of all widgets of the dashboard. */
export function watchedMetrics(template: Template): MetricText[] {
  const found = new Set<MetricText>();
  for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
    // One of several metrics has them of AWS's own namespaces only.
    if (Properties['Namespace'] !== METRIC_NAMESPACE) continue;
    const dimensions = Properties['Dimensions'] as { Name: string; Value: string }[];
    found.add(
      textOf(
        METRIC_NAMESPACE,
        String(Properties['MetricName']),
        Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
      ),
    );
  }
  for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Dashboard')) {
    for (const metric of widgetMetrics(Properties['DashboardBody'])) found.add(metric);
  }
  return [...found].sort();
}

/** A widget's metric is `[namespace, name, dimension, value, ..., options]`. */
function widgetMetrics(body: unknown): MetricText[] {
  const text = typeof body === 'string' ? body : joined(body);
  const { widgets } = JSON.parse(text) as { widgets: { properties?: { metrics?: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) =>
    (properties?.metrics ?? []).flatMap((metric) => {
      const [namespace, name, ...rest] = metric.filter((part): part is string => typeof part === 'string');
      if (namespace !== METRIC_NAMESPACE || name === undefined) return [];
      const dimensions: Record<string, string> = {};
      for (let i = 0; i + 1 < rest.length; i += 2) dimensions[rest[i]!] = rest[i + 1]!;
      return [textOf(namespace, name, dimensions)];
    }),
  );
}

/** The body is joined of texts and references, which stand for names of this stack's own resources. */
function joined(body: unknown): string {
  const [, parts] = (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
}

function textOf(namespace: string, name: string, dimensions: Record<string, string>): MetricText {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${namespace} ${name} ${JSON.stringify(Object.fromEntries(sorted))}`;
}
