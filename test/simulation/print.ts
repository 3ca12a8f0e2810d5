import type { Entry, StoreEntry } from './world/history.ts';
import type { Plan } from './plan.ts';

/** One line per event, for people: when, who, what. How to read it: ./README.md. */
export function printHistory(entries: readonly Entry[]): string {
  const lines = entries.flatMap((entry) => {
    const said = line(entry);
    return said === undefined ? [] : [`${seconds(entry.atMs)}  ${entry.machine.padEnd(12)}  ${said}`];
  });
  return lines.join('\n');
}

export function printPlan(plan: Plan): string {
  const {
    updates,
    requestFates,
    purposeFates,
    callFates,
    pollFates,
    deliveryFates,
    storeOutages,
    telegramOutages,
    steps,
    clocks,
  } = plan;
  const head = `seed ${plan.seed}, profile ${plan.profile}, front ${plan.front}${plan.webhook ? '' : ' (no webhook at first)'}, ${plan.partitions} partitions, at most ${plan.maxEnvironments} environments and ${plan.maxConnections} connections`;
  const list = (title: string, values: readonly unknown[]): string[] =>
    values.length === 0 ? [] : [`${title}:`, ...values.map((value) => `  ${JSON.stringify(value)}`)];
  return [
    head,
    ...list('clocks', clocks),
    ...list('updates', updates),
    ...list('store requests', requestFates),
    ...list('store requests by purpose', purposeFates),
    ...list('Telegram calls', callFates),
    ...list('requests of pollers', pollFates),
    ...list('deliveries', deliveryFates),
    ...list('store outages', storeOutages),
    ...list('Telegram outages', telegramOutages),
    ...list('steps', steps),
  ].join('\n');
}

function line(entry: Entry): string | undefined {
  switch (entry.type) {
    case 'store':
      return storeLine(entry);
    case 'call': {
      const had =
        entry.executedAtMs === undefined ? 'no effect' : `effect at ${seconds(entry.executedAtMs).trim()}`;
      return `Telegram call ${entry.step} of ${entry.updateId} under token ${entry.token}: ${had}, answer ${entry.answer ?? 'none'}`;
    }
    case 'run':
      return `handles ${entry.updateId} under token ${entry.token}: ${entry.ended ?? 'does not end'}`;
    case 'delivery': {
      const outcome = entry.outcome === undefined ? 'no answer' : JSON.stringify(entry.outcome);
      return `is delivered ${entry.updateId}; at ${seconds(entry.endedAtMs ?? Infinity).trim()}: ${outcome}`;
    }
    case 'answer':
      return entry.retryAfterS === undefined
        ? undefined
        : `asks Telegram to deliver ${entry.updateId} again in ${entry.retryAfterS} s`;
    case 'event':
      return `says ${JSON.stringify(entry.event)}`;
    case 'confirmed':
      return `${entry.updateId} is ${entry.how}`;
    case 'note':
      return entry.text;
  }
}

function storeLine({ purpose, name, result, before, after, call }: StoreEntry): string | undefined {
  const short = name
    .replace(/^[A-Z]+#42\|?/, '')
    .replace('#', '')
    .replace('|OUTCOME', '');
  const what = `${purpose} ${short} (request ${call})`;
  if (result === 'read') return `${what}`;
  if (result === 'refused') return `${what} refused: ${itemLine(before)}`;
  return `${what}: ${itemLine(after)}`;
}

function itemLine(item: Record<string, unknown> | undefined): string {
  if (item === undefined) return 'nothing';
  const shown = [
    'status',
    'holder',
    'fencing_token',
    'update_id',
    'attempts',
    'lease_expires_at_ms',
    'retired',
    'epoch',
  ];
  return shown
    .filter((name) => item[name] !== undefined)
    .map((name) => {
      const value =
        name === 'lease_expires_at_ms' ? seconds(Number(item[name]) - 1_800_000_000_000).trim() : item[name];
      return `${name.replace('lease_expires_at_ms', 'expires').replace('fencing_token', 'token')} ${String(value)}`;
    })
    .join(', ');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(10);
}
