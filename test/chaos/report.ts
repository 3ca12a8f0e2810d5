import type { ChaosReport } from './chaos.ts';

/** The count, as a table for a terminal and for the README. */
export function reportTable(report: ChaosReport): string {
  const shown = [...report.shownAgain.values()].reduce((sum, count) => sum + count, 0);
  const rows: [string, string | number][] = [
    ['sent', report.sent],
    ['settled as done', report.done],
    ['parked', report.parked],
    ['lost', report.lost],
    ['deliveries', report.deliveries],
    ['attempts beyond the first', report.attemptsAgain],
    ['answers shown again', shown],
    ...[...report.shownAgain].map(([reason, count]): [string, number] => [`- ${reason}`, count]),
    ['takeovers from a lost process', report.takeovers],
    ['highest takeover time', `${Math.round(report.highestTakeoverMs)} ms`],
    ['consumer processes', report.processes],
    ['starts that failed', report.failedStarts],
    ['protocol writes watched', report.storeWrites],
    ['faults', [...report.faults.values()].reduce((sum, count) => sum + count, 0)],
    ['violations', report.violations.length],
    ['took', `${(report.tookMs / 1000).toFixed(0)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.max(...rows.map(([, value]) => String(value).length));
  const lines = rows.map(
    ([name, value]) => `| ${name.padEnd(width)} | ${String(value).padStart(valueWidth)} |`,
  );
  const rule = `| ${'-'.repeat(width)} | ${'-'.repeat(valueWidth - 1)}: |`;
  const heads = `| ${'what'.padEnd(width)} | ${''.padStart(valueWidth)} |`;
  return [heads, rule, ...lines].join('\n');
}
