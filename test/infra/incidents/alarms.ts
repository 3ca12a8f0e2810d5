import { resourcesOf, type Resource, type Template } from '../synthesised.ts';
import { formulaOf, type Formula } from './metric-math.ts';
import { metricKey, nameIn, type MetricKey, type Series } from './series.ts';

/** One change of an alarm, or one message to a topic, at the end of a minute. */
export interface Happening {
  readonly minute: number;
  readonly alarm: string;
  readonly state: 'ALARM' | 'OK';
  /** `undefined`: only the state changed. */
  readonly topic?: 'page' | 'ticket';
}

interface Source {
  readonly key: MetricKey;
  readonly statistic: string;
}

interface Alarm {
  readonly id: string;
  readonly name: string;
  readonly topic?: Happening['topic'];
  readonly sources: readonly Source[];
  readonly compute: Formula['compute'];
  readonly periodMinutes: number;
  readonly periods: number;
  readonly toAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  readonly missing: string;
}

interface Composite {
  readonly id: string;
  readonly name: string;
  readonly topic?: Happening['topic'];
  readonly parts: readonly string[];
  readonly suppressor?: { id: string; waitMinutes: number; lingerMinutes: number };
}

const BREACHES: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/**
 * The alarms of a template, evaluated each minute over a sliding window as CloudWatch does:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 * What it does not know it refuses, rather than to take it for something else. Delays of a metric are not in it.
 */
export class Alarms {
  readonly #alarms: readonly Alarm[];
  readonly #composites: readonly Composite[];

  constructor(template: Template) {
    const topics = new Map(
      resourcesOf(template, 'AWS::SNS::Topic').map(
        ([id]) => [id, id.includes('Pages') ? 'page' : 'ticket'] as const,
      ),
    );
    const topicOf = ({ Properties }: Resource): Happening['topic'] => {
      const actions = (Properties['AlarmActions'] ?? []) as unknown[];
      if (actions.length > 1) throw new Error('an alarm that tells two topics');
      return actions.length === 0 ? undefined : topics.get(nameIn(actions[0]));
    };
    this.#alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([id, resource]) => ({
      ...alarmOf(resource.Properties),
      id,
      topic: topicOf(resource),
    }));
    this.#composites = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').map(([id, resource]) => ({
      ...compositeOf(resource.Properties),
      id,
      topic: topicOf(resource),
    }));
  }

  /** Logical ids by name. */
  get ids(): ReadonlyMap<string, string> {
    return new Map([...this.#alarms, ...this.#composites].map(({ name, id }) => [name, id]));
  }

  /** Every metric that an alarm looks at. */
  get metrics(): MetricKey[] {
    return this.#alarms.flatMap(({ sources }) => [...new Set(sources.map(({ key }) => key))]);
  }

  /** From the end of minute `from` to that of `until`; all is well before. */
  evaluate(series: Series, from: number, until: number): Happening[] {
    const happenings: Happening[] = [];
    const states = new Map<string, 'ALARM' | 'OK'>();
    const watch = new Suppression();
    for (let minute = from; minute <= until; minute += 1) {
      const become = ({ id, name, topic }: Alarm | Composite, state: 'ALARM' | 'OK'): boolean => {
        if ((states.get(id) ?? 'OK') === state) return false;
        states.set(id, state);
        happenings.push({ minute, alarm: name, state });
        if (topic !== undefined && !this.#isSuppressed(id))
          happenings.push({ minute, alarm: name, state, topic });
        return true;
      };
      for (const alarm of this.#alarms) {
        const state = stateOf(alarm, series, minute);
        if (state !== undefined) become(alarm, state);
      }
      for (const composite of this.#composites) {
        const rings = composite.parts.some((part) => states.get(part) === 'ALARM');
        become(composite, rings ? 'ALARM' : 'OK');
        const { suppressor, topic, name } = composite;
        if (suppressor === undefined || topic === undefined) continue;
        const told = watch.tell({
          rings,
          minute,
          isSuppressorOn: states.get(suppressor.id) === 'ALARM',
          ...suppressor,
        });
        if (told !== undefined) happenings.push({ minute, alarm: name, state: told, topic });
      }
    }
    return happenings;
  }

  #isSuppressed(id: string): boolean {
    return this.#composites.some((one) => one.id === id && one.suppressor !== undefined);
  }
}

/** Decides on a composite's actions while another alarm may keep them back. */
class Suppression {
  #since: number | undefined;
  #suppressorEndedAt: number | undefined;
  #wasSuppressorOn = false;
  #isTold = false;

  tell(now: {
    rings: boolean;
    minute: number;
    isSuppressorOn: boolean;
    waitMinutes: number;
    lingerMinutes: number;
  }): 'ALARM' | 'OK' | undefined {
    const { rings, minute, isSuppressorOn, waitMinutes, lingerMinutes } = now;
    if (this.#wasSuppressorOn && !isSuppressorOn) this.#suppressorEndedAt = minute;
    this.#wasSuppressorOn = isSuppressorOn;
    if (!rings) {
      this.#since = undefined;
      if (!this.#isTold) return undefined;
      this.#isTold = false;
      return 'OK';
    }
    this.#since ??= minute;
    const lingers = this.#suppressorEndedAt !== undefined && minute - this.#suppressorEndedAt < lingerMinutes;
    if (this.#isTold || isSuppressorOn || lingers || minute - this.#since < waitMinutes) return undefined;
    this.#isTold = true;
    return 'ALARM';
  }
}

function stateOf(alarm: Alarm, series: Series, minute: number): 'ALARM' | 'OK' | undefined {
  const { periods, periodMinutes, toAlarm, isBreaching, missing } = alarm;
  const count = { breaching: 0, good: 0, missing: 0 };
  for (let back = 0; back < periods; back += 1) {
    const until = minute + 1 - back * periodMinutes;
    const value = valueOf(alarm, series, until - periodMinutes, until);
    if (value === undefined) count.missing += 1;
    else if (isBreaching(value)) count.breaching += 1;
    else count.good += 1;
  }
  if (missing === 'notBreaching') count.good += count.missing;
  if (missing === 'breaching') count.breaching += count.missing;
  if (count.breaching >= toAlarm) return 'ALARM';
  return count.good > periods - toAlarm ? 'OK' : undefined;
}

function valueOf(
  { sources, compute }: Alarm,
  series: Series,
  from: number,
  until: number,
): number | undefined {
  return compute(sources.map(({ key, statistic }) => series.statistic(key, statistic, from, until)));
}

type Properties = Resource['Properties'];

function alarmOf(properties: Properties): Omit<Alarm, 'id' | 'topic'> {
  const { sources, compute, periodMinutes } = sourcesOf(properties);
  const comparison = BREACHES[String(properties['ComparisonOperator'])];
  if (comparison === undefined)
    throw new Error(`nobody here can compare ${String(properties['ComparisonOperator'])}`);
  const isOfTable = sources.some(({ key }) => key.startsWith('AWS/DynamoDB '));
  return {
    name: nameOf(properties),
    sources,
    compute,
    periodMinutes,
    periods: Number(properties['EvaluationPeriods']),
    toAlarm: Number(properties['DatapointsToAlarm'] ?? properties['EvaluationPeriods']),
    isBreaching: (value) => comparison(value, Number(properties['Threshold'])),
    // Whatever an alarm on this namespace says: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    missing: isOfTable ? 'ignore' : String(properties['TreatMissingData']),
  };
}

interface MetricOf {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
}

function sourcesOf(properties: Properties): Pick<Alarm, 'sources' | 'compute' | 'periodMinutes'> {
  if (properties['Metrics'] === undefined) {
    const statistic = String(properties['Statistic'] ?? properties['ExtendedStatistic']);
    const key = keyOf(properties as unknown as MetricOf);
    return {
      sources: [{ key, statistic }],
      compute: ([value]) => value,
      periodMinutes: Number(properties['Period']) / 60,
    };
  }
  type Query = {
    Id: string;
    Expression?: string;
    MetricStat?: { Metric: MetricOf; Period: number; Stat: string };
  };
  const queries = properties['Metrics'] as Query[];
  const expression = queries.find(({ Expression }) => Expression !== undefined)!.Expression!;
  const { ids, compute } = formulaOf(expression);
  const stats = ids.map((id) => queries.find((query) => query.Id === id)!.MetricStat!);
  const sources = stats.map(({ Metric, Stat }) => ({ key: keyOf(Metric), statistic: Stat }));
  return { sources, compute, periodMinutes: stats[0]!.Period / 60 };
}

function keyOf({ Namespace, MetricName, Dimensions }: MetricOf): MetricKey {
  return metricKey(
    Namespace,
    MetricName,
    Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  );
}

function compositeOf(properties: Properties): Omit<Composite, 'id' | 'topic'> {
  const rule = nameIn(properties['AlarmRule']);
  const parts = [...rule.matchAll(/ALARM\("(\w+)"\)/g)].map(([, part]) => part!);
  if (`(${parts.map((part) => `ALARM("${part}")`).join(' OR ')})` !== rule)
    throw new Error(`nobody here can read ${rule}`);
  const suppressor = properties['ActionsSuppressor'];
  return {
    name: nameOf(properties),
    parts,
    ...(suppressor !== undefined && {
      suppressor: {
        id: nameIn(suppressor),
        waitMinutes: Number(properties['ActionsSuppressorWaitPeriod']) / 60,
        lingerMinutes: Number(properties['ActionsSuppressorExtensionPeriod']) / 60,
      },
    }),
  };
}

function nameOf(properties: Properties): string {
  return String(properties['AlarmName']).split('-').at(-1)!;
}
