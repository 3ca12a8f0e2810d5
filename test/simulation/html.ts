import { fileURLToPath } from 'node:url';
import { buildPage } from '../../functions/local/page/build.ts';
import type { LeaseState, RequestPurpose, TraceEntry } from '../../functions/local/page/timeline/trace.ts';
import type { Violation } from './checks/violation.ts';
import { noteInWords } from './note-words.ts';
import type { Plan } from './plan.ts';
import { printPlan } from './print.ts';
import type { CallEntry, Entry, StoreEntry } from './world/history.ts';
import { EPOCH_MS, type Machine } from './world/machine.ts';
import type { Purpose } from './world/purpose.ts';
import type { World } from './world/world.ts';

/** Entries after a longer gap belong to Telegram's slow retries, and would squeeze the rest of the picture together. */
const QUIET_MS = 120_000;

/** One history as a file of its own: the picture, a step at a time, without a server and without the internet. */
export async function historyPage(
  plan: Plan,
  world: World,
  violations: readonly Violation[],
): Promise<string> {
  const entry = new URL('../../functions/local/page/app/history.tsx', import.meta.url);
  const { script, style } = await buildPage(fileURLToPath(entry));
  const title = `Simulated history, seed ${plan.seed}`;
  const history = { title, plan: printPlan(plan), entries: traceOf(world, violations) };
  // A closing tag in the data would end its element.
  const data = JSON.stringify(history).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="history">${data}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

/** A history's entries, as the picture of a running system has them too. */
export function traceOf(world: World, violations: readonly Violation[]): TraceEntry[] {
  const { history, plan, machines } = world;
  const seen = new Set<number>();
  const entries = history.entries.flatMap((entry) => traced(entry, seen));
  const outages = (['store', 'telegram'] as const).flatMap((of) =>
    (of === 'store' ? plan.storeOutages : plan.telegramOutages).map(({ fromMs, toMs, mode }): TraceEntry => ({
      type: 'outage',
      atMs: fromMs,
      endedAtMs: toMs,
      of,
      text: `${of} outage: ${mode}`,
    })),
  );
  const fates = machines.flatMap(befallen);
  const broken = violations.map(({ check, atMs, text }): TraceEntry => ({
    type: 'violation',
    atMs,
    check,
    text,
  }));
  const lastMs = lastOfInterest(entries, broken);
  return [...entries, ...fates, ...outages, ...broken]
    .filter(({ atMs }) => atMs <= lastMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** When a process stood still, when it died, and when its clock was set. */
function befallen({ name, pauses, jumpsAtMs, diedAtMs }: Machine): TraceEntry[] {
  const process = name;
  return [
    ...pauses.flatMap(({ fromMs, toMs }): TraceEntry[] => [
      { type: 'process', atMs: fromMs, process, what: 'frozen' },
      { type: 'process', atMs: toMs, process, what: 'thawed' },
    ]),
    ...jumpsAtMs.map((atMs): TraceEntry => ({
      type: 'note',
      atMs,
      process,
      text: 'its wall clock is set',
      mishap: 'clock',
    })),
    ...(diedAtMs === undefined
      ? []
      : [{ type: 'process', atMs: diedAtMs, process, what: 'killed' } satisfies TraceEntry]),
  ];
}

/** The end of the first long silence: histories go on for hours of retries. */
function lastOfInterest(entries: readonly TraceEntry[], broken: readonly TraceEntry[]): number {
  const times = entries.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const firstGap = times.findIndex((atMs, index) => (times[index + 1] ?? atMs) - atMs > QUIET_MS);
  const end = firstGap === -1 ? Infinity : (times[firstGap] ?? Infinity);
  return Math.max(end, ...broken.map(({ atMs }) => atMs + QUIET_MS));
}

function traced(entry: Entry, seen: Set<number>): TraceEntry[] {
  const at = { atMs: entry.atMs, process: entry.machine };
  switch (entry.type) {
    case 'store': {
      const isAgain = seen.has(entry.call);
      seen.add(entry.call);
      return [request(entry, isAgain)];
    }
    case 'call':
      return [call(entry)];
    case 'event':
      return [{ type: 'event', ...at, event: entry.event }];
    case 'delivery':
      return [
        {
          type: 'delivery',
          ...at,
          ...(entry.endedAtMs !== undefined && { endedAtMs: entry.endedAtMs }),
          updateId: entry.updateId,
          ...(entry.outcome && { outcome: entry.outcome.kind }),
        },
      ];
    case 'note': {
      const words = noteInWords(entry);
      return words === undefined ? [] : [{ type: 'note', ...at, ...words }];
    }
    case 'answer':
    case 'run':
    case 'confirmed':
      return [];
  }
}

const PURPOSES: Readonly<Partial<Record<Purpose, RequestPurpose>>> = {
  acquire: 'acquire',
  renew: 'renew',
  release: 'release',
  'force-release': 'force-release',
  claim: 'claim',
  settle: 'settle',
  replay: 'replay',
  drop: 'drop',
  read: 'read',
  flip: 'layout',
};

function request(entry: StoreEntry, isAgain: boolean): TraceEntry {
  const { atMs, machine, purpose, name, result, after } = entry;
  // A refused request has the item that stands in its way beside it, which names another update.
  const inItem = result === 'applied' ? after?.['update_id'] : undefined;
  const updateId = /^UPDATE#42#(\d+)/.exec(name)?.[1] ?? inItem;
  const lease = result === 'applied' ? leaseIn(name, after) : undefined;
  return {
    type: 'request',
    atMs,
    process: machine,
    purpose: PURPOSES[purpose] ?? 'other',
    result,
    ...(updateId !== undefined && { updateId: Number(updateId) }),
    ...(lease && { lease }),
    ...(isAgain && { fate: `${result}, sent again or arrived late`, mishap: 'twice' }),
  };
}

function leaseIn(name: string, item: StoreEntry['after']): LeaseState | undefined {
  const [, epoch, partition] = /EPOCH#(\d+)#PARTITION#(\d+)$/.exec(name) ?? [];
  if (partition === undefined || item === undefined) return undefined;
  const holder = item['holder'];
  return {
    partition: epoch === '1' ? partition : `${epoch}/${partition}`,
    fencingToken: Number(item['fencing_token']),
    expiresAtMs: Number(item['lease_expires_at_ms']) - EPOCH_MS,
    ...(typeof holder === 'string' && { holder }),
  };
}

function call(entry: CallEntry): TraceEntry {
  const { atMs, endedAtMs, machine, updateId, step, answer } = entry;
  return {
    type: 'call',
    atMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    process: machine,
    method: `call ${step}`,
    updateId,
    answer: answer === 'ok' ? 'ok' : typeof answer === 'number' ? 'refused' : 'none',
  };
}
