import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { prodTemplate } from './prod-template.ts';
import { replayAll } from './replay.ts';
import { incidentTable, withTable } from './table.ts';

const RUNBOOK = fileURLToPath(new URL('../../../infra/RUNBOOK.md', import.meta.url));

/** `npm run incidents`: replays them all, and writes the table of infra/RUNBOOK.md. */
const { replayed } = await replayAll(prodTemplate());
const runbook = withTable(readFileSync(RUNBOOK, 'utf8'), '## Incidents', incidentTable(replayed));
const options = await prettier.resolveConfig(RUNBOOK);
writeFileSync(RUNBOOK, await prettier.format(runbook, { ...options, parser: 'markdown' }));
console.log(`${replayed.length} incidents replayed`);
