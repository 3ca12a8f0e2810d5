import type { Template } from '../synthesised.ts';
import { Alarms, type Happening } from './alarms.ts';
import { HICCUP, INCIDENTS, NOBODY, QUIET, type Incident, type Phase } from './incidents.ts';
import { Series, type Measured } from './series.ts';
import { World } from './world.ts';

/** Longer than any alarm looks back, so that each begins with nothing but good minutes in its windows. */
const BEFORE = 90;
/** An error of Telegram's is news for so long. */
const NEWS = 5;
const AFTER = 120;
const WEEK_MINUTES = 7 * 24 * 60;

export interface Replayed {
  readonly name: string;
  readonly kind: Incident['kind'];
  readonly within: number;
  readonly series: Series;
  /** Minutes from the beginning of the incident, in the order in which they happen. */
  readonly happenings: readonly Happening[];
  /** When what caused it was mended. */
  readonly mendedAt: number;
}

/** The quiet week, and then each incident in a world in which all is well again. */
export async function replayAll(
  template: Template,
): Promise<{ week: readonly Happening[]; replayed: Replayed[] }> {
  const alarms = new Alarms(template);
  const world = await World.start(template);
  try {
    const { happenings: week, quiet } = await quietWeek(world, alarms);
    const replayed: Replayed[] = [];
    for (const incident of INCIDENTS) replayed.push(await replay(world, alarms, incident, quiet));
    return { week, replayed };
  } finally {
    await world.close();
  }
}

async function replay(world: World, alarms: Alarms, incident: Incident, quiet: Measured): Promise<Replayed> {
  const series = new Series();
  for (let minute = -BEFORE; minute < 0; minute += 1) series.add(minute, quiet);
  let minute = 0;
  for (const phase of incident.phases) minute += await drive(world, phase, series, minute);
  const mendedAt = minute;
  minute += await drive(world, { ...QUIET, minutes: NEWS }, series, minute);
  await world.pass(NEWS);
  minute += await drive(world, QUIET, series, minute);
  for (const end = minute + AFTER; minute < end; minute += 1) series.add(minute, quiet);
  const { name, kind, within } = incident;
  return { name, kind, within, series, mendedAt, happenings: alarms.evaluate(series, -1, minute - 1) };
}

/** A week of quiet nights and busy days with a hiccup every hour, made of minutes that were driven. */
async function quietWeek(
  world: World,
  alarms: Alarms,
): Promise<{ happenings: Happening[]; quiet: Measured }> {
  // The health that the first round meets has never been looked at.
  await world.minute();
  const [quiet, nobody] = [await calm(world, QUIET), await calm(world, NOBODY)];
  const hiccup = await world.minute(HICCUP.each);
  const series = new Series();
  for (let minute = 0; minute < WEEK_MINUTES; minute += 1) {
    const hour = Math.floor(minute / 60) % 24;
    const isAtWork = hour >= 7 && hour < 19;
    series.add(minute, minute % 60 === 30 ? hiccup : isAtWork ? quiet : nobody);
  }
  return { happenings: alarms.evaluate(series, BEFORE, WEEK_MINUTES - 1), quiet };
}

/** A minute that stands for good ones has to be one: a machine that is too busy to answer within a second makes others. */
async function calm(world: World, phase: Phase): Promise<Measured> {
  for (let tries = 1; ; tries += 1) {
    const measured = await world.minute(phase.each);
    if (tries === 5 || !measured.some(([key]) => /StoreErrors|UpdatesDeferred/.test(key))) return measured;
  }
}

/** @returns how many minutes it took */
async function drive(world: World, phase: Phase, series: Series, from: number): Promise<number> {
  const { minutes, driven = 1, first, each, last, stands } = phase;
  await first?.(world);
  let measured: Measured = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    if (minute < driven) {
      measured = await world.minute(each);
      if (stands !== undefined) measured = [...measured, ...(await alone(world, stands))];
    }
    series.add(from + minute, measured);
  }
  await last?.(world);
  return minutes;
}

/** One act by itself, and so many times what it measured. */
async function alone(world: World, { for: times, act }: NonNullable<Phase['stands']>): Promise<Measured> {
  const watched = world.isWatched;
  world.isWatched = false;
  const once = await world.minute(act);
  world.isWatched = watched;
  return Array.from({ length: times }, () => once).flat();
}
