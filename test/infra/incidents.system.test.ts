import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../../functions/telemetry/metric-names.ts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Alarms, type Happening } from './incidents/alarms.ts';
import { INCIDENTS } from './incidents/incidents.ts';
import { prodTemplate } from './incidents/prod-template.ts';
import { replayAll, type Replayed } from './incidents/replay.ts';
import { Series } from './incidents/series.ts';
import { widgetsOf, type Widget } from './incidents/dashboard-svg.ts';
import { incidentTable, tableIn } from './incidents/table.ts';
import { metricKey } from './incidents/series.ts';
import { resourcesOf, type Template } from './synthesised.ts';

const infra = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../infra/${file}`, import.meta.url)), 'utf8');
const RUNBOOK = infra('RUNBOOK.md');

/** By so much a replay may differ from the table: a period of the alarms that look at five minutes. */
const PERIOD_MINUTES = 5;

let template: Template;
let week: readonly Happening[];
let replayed: Replayed[];

beforeAll(async () => {
  template = prodTemplate();
  // The handlers read their environment when they are loaded.
  vi.resetModules();
  ({ week, replayed } = await replayAll(template));
}, 300_000);

const of = (name: string) => replayed.find((one) => one.name === name)!;
const noticesOf = (name: string, state: 'ALARM' | 'OK') =>
  of(name).happenings.filter((each) => each.topic !== undefined && each.state === state);

describe.each(INCIDENTS.map(({ name }) => name))('the incident “%s”', (name) => {
  it('rings once at its severity, within the time that the runbook promises', () => {
    const { kind, within } = of(name);
    const told = noticesOf(name, 'ALARM');
    expect(told.filter(({ topic }) => topic === 'page')).toHaveLength(kind === 'page' ? 1 : 0);
    const [first, second] = told.filter(({ topic }) => topic === kind);
    expect(second).toBeUndefined();
    expect(first!.minute + 1).toBeLessThanOrEqual(within);
  });

  it('is over for everybody who heard of it, once it is mended, and leaves nothing ringing', () => {
    const { happenings, mendedAt } = of(name);
    const ringing = new Set<string>();
    for (const { alarm, state } of happenings)
      if (state === 'ALARM') ringing.add(alarm);
      else ringing.delete(alarm);
    expect([...ringing]).toEqual([]);
    expect(noticesOf(name, 'OK')).toHaveLength(noticesOf(name, 'ALARM').length);
    for (const { minute } of noticesOf(name, 'OK').filter(({ topic }) => topic === 'page'))
      expect(minute).toBeGreaterThanOrEqual(mendedAt);
  });
});

it('the runbook has the table of what rings, in which order and for how long (npm run incidents writes it)', () => {
  const written = tableIn(RUNBOOK, '## Incidents');
  const now = incidentTable(replayed);
  expect(written[0]).toEqual(now[0]);
  const cellOf = (row: string[], column: string): string => row[now[0]!.indexOf(column)]!;
  const minutesOf = (row: string[]): number[] =>
    [cellOf(row, 'notices'), cellOf(row, 'all over')].flatMap((text) =>
      (text.match(/\d+/g) ?? []).map(Number),
    );
  const withoutMinutes = (row: string[]): string[] => [
    ...['incident', 'kind', 'promised', 'mended'].map((column) => cellOf(row, column)),
    cellOf(row, 'notices').replaceAll(/ \d+/g, ''),
  ];
  expect(written.slice(1).map(withoutMinutes)).toEqual(now.slice(1).map(withoutMinutes));
  for (const [at, row] of written.slice(1).entries()) {
    const here = now[at + 1]!;
    // The handlers answer in real time, so a minute's verdict may fall into the next one, and what looks at five into the five after.
    for (const [which, minute] of minutesOf(row).entries()) {
      expect(Math.abs(minutesOf(here)[which]! - minute)).toBeLessThanOrEqual(PERIOD_MINUTES);
    }
    // On a machine that is too busy to answer within a second, a symptom of that may ring among them.
    const named = cellOf(row, 'what rings').split(', ');
    expect(
      cellOf(here, 'what rings')
        .split(', ')
        .filter((alarm) => named.includes(alarm)),
    ).toEqual(named);
  }
});

it('every alarm rings in one of them, but for the symptoms of which the runbook says why they do not', () => {
  const rung = new Set(replayed.flatMap(({ happenings }) => happenings.map(({ alarm }) => alarm)));
  const [, ...rows] = tableIn(RUNBOOK, '### Alarms that none of them rings');
  const symptoms = [...RUNBOOK.matchAll(/^### (\w+)\n\nSymptom\./gm)].map(([, id]) => id!);
  const silent = [...new Alarms(template).ids.keys()].filter((id) => !rung.has(id));
  expect(rows.map(([id]) => id).sort()).toEqual(silent.sort());
  expect(symptoms).toEqual(expect.arrayContaining(silent));
  for (const [id, why] of rows) expect(why, id).toMatch(/\w+ \w+/);
});

it('a quiet week, with its hiccups, tells nobody anything', () => {
  expect(week.filter(({ topic }) => topic !== undefined)).toEqual([]);
});

it('alarms look at metrics that were measured, but for what never happened here', () => {
  const alarms = new Alarms(template);
  const unseen = alarms.metrics.filter((key) => !replayed.some(({ series }) => series.has(key)));
  const never = [
    'Contention',
    'FencedWrites',
    'UpdatesUnsettled',
    'ReadThrottleEvents',
    'WriteThrottleEvents',
  ];
  expect(never).toEqual(expect.arrayContaining(unseen.map((key) => key.split(' ')[1])));
});

describe('the alarm of throttles', () => {
  const key = (name: string) => new Alarms(template).metrics.find((metric) => metric.includes(` ${name} `))!;
  const throttledAt = (minute: number, isRead: boolean): Happening[] => {
    const series = new Series();
    for (let at = 0; at < 60; at += 1) if (isRead) series.add(at, [[key('ConsumedReadCapacityUnits'), 13]]);
    series.add(minute, [[key('WriteThrottleEvents'), 2]]);
    return new Alarms(template).evaluate(series, 10, 59).filter(({ alarm }) => alarm === 'TableThrottles');
  };

  it('ends by itself', () => {
    expect(throttledAt(20, true).map(({ minute, state }) => [minute, state])).toEqual([
      [20, 'ALARM'],
      [25, 'OK'],
    ]);
  });

  it('stays in alarm where nobody reads the table each minute: CloudWatch keeps its state in silence', () => {
    expect(throttledAt(20, false)).toHaveLength(1);
  });
});

describe('the alarms of updates that wait in vain', () => {
  const key = (name: string) => new Alarms(template).metrics.find((metric) => metric.includes(` ${name} `))!;
  /** So many minutes in which each has these counts, as they were measured, among quiet ones. */
  const rungBy = (minutes: number, counts: { pending: number; done: number; back: number }): string[] => {
    const series = new Series();
    for (let at = 0; at < 120; at += 1) {
      const { pending, done, back } =
        at >= 40 && at < 40 + minutes ? counts : { pending: 0, done: 0, back: 0 };
      series.add(at, [
        [key('PendingUpdates'), pending],
        [key('UpdatesDone'), done],
        [key('DeliveriesToRepeat'), back],
        [key('Served'), 1],
      ]);
    }
    const happenings = new Alarms(template).evaluate(series, 30, 119);
    return happenings.flatMap(({ alarm, state, topic }) =>
      state === 'ALARM' && topic === 'page' ? alarm : [],
    );
  };

  it.each([
    ['a busy bot, for all that is under way at each look', 60, { pending: 12, done: 300, back: 40 }],
    [
      'one update that kills its process, and what its user says behind it',
      12,
      { pending: 2, done: 0, back: 1 },
    ],
    ['three that wait for four minutes', 4, { pending: 3, done: 0, back: 9 }],
  ])('stay silent about %s', (_, minutes, counts) => {
    expect(rungBy(minutes, counts)).toEqual([]);
  });

  it.each([
    ['three that wait for five minutes, handed back', 5, { pending: 3, done: 0, back: 3 }],
    ['three that wait and never arrive', 5, { pending: 3, done: 0, back: 0 }],
    ['some of many, as long as no more are handled than come again', 5, { pending: 10, done: 20, back: 20 }],
    ['one that waits for longer than what is odd', 20, { pending: 1, done: 0, back: 1 }],
  ])('ring once for %s', (_, minutes, counts) => {
    expect(rungBy(minutes, counts)).toEqual(['UsersNotServed']);
  });
});

describe('the alarm of a silent watchdog', () => {
  /** The pages of a stage whose registration speaks at these minutes, and whose watchdog does from the third on. */
  const pagesWhere = (vouchedAt: readonly number[]): Happening[] => {
    const [served] = new Alarms(template).metrics.filter((metric) => metric.includes(' Served '));
    const series = new Series();
    for (let at = 0; at < 30; at += 1) if (at >= 3 || vouchedAt.includes(at)) series.add(at, [[served!, 1]]);
    return new Alarms(template).evaluate(series, 1, 29).filter(({ topic }) => topic === 'page');
  };

  it('tells nobody of a stage that was just created, since its registration has spoken before', () => {
    expect(pagesWhere([0])).toEqual([]);
  });

  it('would, had nobody spoken', () => {
    expect(pagesWhere([])).not.toEqual([]);
  });

  it('is created after the registration, which has spoken then', () => {
    const [[, alarm] = []] = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(([, { Properties }]) =>
      String(Properties['AlarmName']).endsWith('-WatchdogSilent'),
    );
    const [[registration] = []] = resourcesOf(template, 'Custom::TelegramWebhook');
    expect((alarm as unknown as { DependsOn: string[] }).DependsOn).toContain(registration);
  });
});

describe('the dashboard', () => {
  const graphs = () => widgetsOf(template).filter(({ type }) => type === 'metric');
  const metricsOf = ({ properties }: Widget): string[] =>
    (properties.metrics ?? []).flatMap((metric) => {
      const [namespace, name, ...rest] = metric.filter((part): part is string => typeof part === 'string');
      if (namespace === undefined || name === undefined) return [];
      const pairs = rest.flatMap((dimension, at) =>
        at % 2 === 0 ? [[dimension, rest[at + 1]!] as const] : [],
      );
      return [metricKey(namespace, name, Object.fromEntries(pairs))];
    });

  it('answers in its first row whether users are served, by whom, how fast, and what is parked', () => {
    const [first] = graphs().map(({ y }) => y);
    expect(graphs().flatMap(({ y, properties }) => (y === first ? [properties.title] : []))).toEqual([
      'Users are served',
      'By which version',
      'From the message to its answer, ms',
      'Parked, for an operator',
    ]);
  });

  it('has no graph that cannot fill', () => {
    // The tests of the bundles fill the graph that none of the incidents fills.
    const rare = ['How it changed hands'];
    const filled = (widget: Widget) =>
      metricsOf(widget).some((key) => replayed.some(({ series }) => series.has(key)));
    const searched = (widget: Widget) => JSON.stringify(widget.properties.metrics).includes('SEARCH(');
    const empty = graphs().filter((widget) => !filled(widget) && !searched(widget));
    expect(rare).toEqual(expect.arrayContaining(empty.map(({ properties }) => properties.title)));
  });

  it('draws the thresholds of alarms, as they are', () => {
    const thresholds = new Map(
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
        String(Properties['AlarmName']).split('-').at(-1),
        Properties['Threshold'],
      ]),
    );
    const drawn = graphs().flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    expect(drawn.length).toBeGreaterThan(10);
    for (const { label, value } of drawn) expect(value, label).toBe(thresholds.get(label));
  });

  it('has no more metrics than a free one may have, and as many as the table of costs says', () => {
    const distinct = new Set(graphs().flatMap(metricsOf)).size;
    expect(distinct).toBeLessThanOrEqual(50);
    expect(infra('README.md')).toContain(`| dashboard, ${distinct} metrics`);
  });

  it('costs as many alarms and metrics as the table of costs says', () => {
    const ofAlarms = new Alarms(template).metrics.length;
    const composites = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').length;
    expect(infra('README.md')).toMatch(new RegExp(`\\| metrics of alarms +\\| ${ofAlarms} x`));
    expect(infra('README.md')).toMatch(new RegExp(`\\| composite alarms +\\| ${composites} x`));
    expect(infra('README.md')).toMatch(
      new RegExp(`\\| custom metrics +\\| ${Object.keys(METRICS).length} x`),
    );
  });

  it('is the one of the picture', () => {
    const picture = infra('dashboard.svg');
    for (const { properties } of widgetsOf(template))
      if (properties.title !== undefined) expect(picture).toContain(`>${properties.title}<`);
    for (const name of new Alarms(template).ids.keys()) expect(picture).toContain(`>${name}<`);
    for (const { properties } of graphs())
      for (const { label, value } of properties.annotations?.horizontal ?? [])
        expect(picture).toContain(`>${label} ${value}<`);
  });
});

it('questions to the logs are saved, about log groups of this stack', () => {
  const queries = resourcesOf(template, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
  expect(queries.length).toBeGreaterThan(4);
  for (const query of queries) {
    expect(query['Name']).toMatch(/^AgentFactoryBot-prod\/[A-Z]/);
    const groups = query['LogGroupNames'] as { Ref: string }[];
    expect(groups.map(({ Ref }) => template.Resources[Ref]?.Type)).toEqual(
      groups.map(() => 'AWS::Logs::LogGroup'),
    );
  }
});
