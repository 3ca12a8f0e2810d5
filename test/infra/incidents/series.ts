/** `namespace name {dimensions}`; references of the template stand for themselves: two that are equal are one metric. */
export type MetricKey = string;

/** The measurements of one minute. */
export type Measured = readonly (readonly [key: MetricKey, value: number])[];

export function metricKey(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, unknown>>,
): MetricKey {
  const sorted = Object.entries(dimensions)
    .map(([dimension, value]) => `${dimension}=${nameIn(value)}`)
    .sort();
  return `${namespace} ${name} {${sorted.join(', ')}}`;
}

/** A value of a template, in which a resource goes by its logical id. */
export function nameIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = value as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
    'Fn::Join'?: [string, unknown[]];
  };
  if (Ref !== undefined) return Ref;
  if (attribute !== undefined) return attribute[0];
  if (join !== undefined) return join[1].map(nameIn).join(join[0]);
  throw new Error(`No name can be made of ${JSON.stringify(value)}`);
}

/** The measurements of one metric within one minute. */
class Minute {
  readonly values: number[] = [];
  sum = 0;
  min = Infinity;
  max = -Infinity;

  add(value: number): void {
    this.values.push(value);
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }
}

/** Values of metrics by the minute; minutes are counted from where the replay begins. */
export class Series {
  readonly #minutes = new Map<MetricKey, Map<number, Minute>>();

  add(at: number, measured: Measured): void {
    for (const [key, value] of measured) {
      let ofKey = this.#minutes.get(key);
      if (ofKey === undefined) this.#minutes.set(key, (ofKey = new Map<number, Minute>()));
      let minute = ofKey.get(at);
      if (minute === undefined) ofKey.set(at, (minute = new Minute()));
      minute.add(value);
    }
  }

  has(key: MetricKey): boolean {
    return this.#minutes.has(key);
  }

  /** The statistic of the minutes from `from` up to and without `until`; `undefined` where nothing was measured. */
  statistic(key: MetricKey, statistic: string, from: number, until: number): number | undefined {
    const ofKey = this.#minutes.get(key);
    if (ofKey === undefined) return undefined;
    const minutes: Minute[] = [];
    for (let at = from; at < until; at += 1) {
      const minute = ofKey.get(at);
      if (minute !== undefined) minutes.push(minute);
    }
    return minutes.length === 0 ? undefined : statisticOf(minutes, statistic);
  }
}

function statisticOf(minutes: Minute[], statistic: string): number {
  const sum = minutes.reduce((total, minute) => total + minute.sum, 0);
  switch (statistic) {
    case 'Sum':
      return sum;
    case 'SampleCount':
      return minutes.reduce((count, { values }) => count + values.length, 0);
    case 'Average':
      return sum / minutes.reduce((count, { values }) => count + values.length, 0);
    case 'Maximum':
      return Math.max(...minutes.map(({ max }) => max));
    case 'Minimum':
      return Math.min(...minutes.map(({ min }) => min));
  }
  const [, percent] = /^p(\d+)$/.exec(statistic) ?? [];
  if (percent === undefined) throw new Error(`${statistic} is a statistic that nobody here can make`);
  const sorted = minutes.flatMap(({ values }) => values).sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((Number(percent) / 100) * sorted.length) - 1)]!;
}
