import type { ImportReport } from '../knowledge/import.ts';
import type { RejectedAtomsError } from '../knowledge/import-error.ts';
import type { KnowledgeStats } from '../knowledge/port.ts';
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

/** The same for a script, named as in every other command's JSON. */
export function importJson(report: ImportReport): object {
  const { dryRun, mode, published, version, stats, added, changed, unchanged, removed } = report;
  return {
    dry_run: dryRun,
    mode,
    published,
    version: version ?? null,
    ...statsJson(stats),
    added,
    changed,
    unchanged,
    removed,
    ...problemsJson(report),
    notes: report.notes,
  };
}

export function problemsJson(
  found: Pick<RejectedAtomsError, 'rejected' | 'problems' | 'problemCount'>,
): object {
  const { rejected, problems, problemCount } = found;
  return {
    rejected,
    problems: problems.map(({ atomId, ...problem }) => ({
      ...problem,
      ...(atomId !== undefined && { atom_id: atomId }),
    })),
    problem_count: problemCount,
  };
}

export function statsJson({ total, byManufacturer, byType }: KnowledgeStats): object {
  return {
    total,
    by_manufacturer: Object.fromEntries(byManufacturer.map(({ value, count }) => [value, count])),
    by_type: Object.fromEntries(byType.map(({ value, count }) => [value, count])),
  };
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
