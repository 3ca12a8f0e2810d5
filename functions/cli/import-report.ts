import type { ImportReport } from '../knowledge/import.ts';
import type { RejectedAtomsError } from '../knowledge/import-error.ts';
import { grouped } from './output.ts';

const SHOWN_PROBLEMS = 20;

/** What an import, or its dry run, has to say to a person. */
export function importLines(report: ImportReport): string[] {
  const { dryRun, mode, added, changed, unchanged, removed, rejected, problems, problemCount, notes } =
    report;
  const would = dryRun ? 'would be ' : '';
  const lines = [
    `Atoms ${would}added: ${grouped(added)}, changed: ${grouped(changed)}, unchanged: ${grouped(unchanged)}` +
      (mode === 'replace' ? `, removed: ${grouped(removed)}` : ''),
  ];
  for (const { field, message, count, first } of notes) {
    const where = `${first.file}${first.line === undefined ? '' : `, line ${first.line}`}`;
    lines.push(`Note: ${field} ${message} (${grouped(count)} times, first in ${where})`);
  }
  lines.push(...problemLines({ rejected, problems, problemCount }));
  if (dryRun) lines.push('Nothing was changed.');
  else if (report.published) {
    lines.push(
      `✅ Knowledge base published: ${grouped(report.stats.total)} atoms (version ${report.version})`,
    );
  } else lines.push(`✅ Nothing to change: ${grouped(report.stats.total)} atoms (version ${report.version})`);
  return lines;
}

/** What is wrong with which atoms; empty when nothing is. */
export function problemLines(
  found: Pick<RejectedAtomsError, 'rejected' | 'problems' | 'problemCount'>,
): string[] {
  const { rejected, problems, problemCount } = found;
  if (problemCount === 0) return [];
  const lines = [`⚠️  ${grouped(rejected)} atoms are not valid and were left out:`];
  for (const { file, line, atomId, field, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    const where = `${file}${line === undefined ? '' : `, line ${line}`}`;
    const what = [atomId, field].filter((part) => part !== undefined && part !== '').join(', ');
    lines.push(`   ${where}${what === '' ? '' : ` (${what})`}: ${message}`);
  }
  const more = problemCount - Math.min(problems.length, SHOWN_PROBLEMS);
  if (more > 0) lines.push(`   and ${grouped(more)} more problems (the first hundred: --json)`);
  return lines;
}
