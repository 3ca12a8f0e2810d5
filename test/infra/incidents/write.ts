import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import type { Template } from '../synthesised.ts';
import { Alarms } from './alarms.ts';
import { dashboardSvg, widgetsOf } from './dashboard-svg.ts';
import { prodTemplate } from './prod-template.ts';
import { replayAll, type Replayed } from './replay.ts';
import { incidentTable, withTable } from './table.ts';

const RUNBOOK = fileURLToPath(new URL('../../../infra/RUNBOOK.md', import.meta.url));
const PICTURE = fileURLToPath(new URL('../../../infra/dashboard.svg', import.meta.url));
/** The picture's time, in minutes since the incident began: quiet before, and long enough for the page. */
const RANGE = { from: -60, until: 30 };

/** `npm run incidents`: replays them all, writes the table of infra/RUNBOOK.md and the picture of the dashboard. */
const template = prodTemplate();
const { replayed } = await replayAll(template);
const runbook = withTable(readFileSync(RUNBOOK, 'utf8'), '## Incidents', incidentTable(replayed));
const options = await prettier.resolveConfig(RUNBOOK);
writeFileSync(RUNBOOK, await prettier.format(runbook, { ...options, parser: 'markdown' }));
writeFileSync(PICTURE, picture(template, replayed[0]!));
console.log(`${replayed.length} incidents replayed; infra/RUNBOOK.md and infra/dashboard.svg are written`);

function picture(of: Template, { name, series, happenings }: Replayed): string {
  const ringing = new Set<string>();
  const ids = new Alarms(of).ids;
  for (const { alarm, state, minute } of happenings.filter(
    (each) => each.minute < RANGE.until && each.minute >= RANGE.from,
  ))
    if (minute < RANGE.until && state === 'ALARM') ringing.add(ids.get(alarm)!);
    else ringing.delete(ids.get(alarm)!);
  const caption = `“${name}”, from an hour before it began to ${RANGE.until} minutes after: npm run incidents`;
  return dashboardSvg(widgetsOf(of), { series, ...RANGE, ringing, caption });
}
