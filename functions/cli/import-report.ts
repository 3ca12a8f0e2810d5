import type { ImportReport } from '../knowledge/import.ts';
import type { EmptyImportError } from '../knowledge/import-error.ts';
import type { ImportSummary, NoteCount } from '../knowledge/import-tally.ts';
import type { KnowledgeStats } from '../knowledge/port.ts';
import { counted, grouped, type Output } from './output.ts';
import { CommandError } from './usage-error.ts';

const SHOWN_PROBLEMS = 20;
const SHOWN_LEFT_ASIDE = 10;
const SHOWN_FIELDS = 10;
const SHOWN_IDS = 10;

type Problems = ImportSummary & { rejected: number };

/** The lines that tell a person of an import, or of its dry run. */
export function importLines(report: ImportReport): string[] {
  const { dryRun, mode, added, changed, unchanged, removed } = report;
  const would = dryRun ? 'would be ' : '';
  const lines = [
    ...readLines(report),
    `Atoms ${would}added: ${grouped(added)}, changed: ${grouped(changed)}, unchanged: ${grouped(unchanged)}` +
      (mode === 'replace' ? `, removed: ${grouped(removed)}` : ''),
    ...noteLines(report),
    ...problemLines(report),
  ];
  if (dryRun) lines.push('Nothing was changed.');
  else if (report.published) {
    lines.push(
      `✅ Knowledge base published: ${counted(report.stats.total, 'atom')} (version ${report.version})`,
    );
  } else
    lines.push(`✅ Nothing to change: ${counted(report.stats.total, 'atom')} (version ${report.version})`);
  return lines;
}

/** Tells all that is wrong with a source without an atom. @returns the error that is left to tell */
export function emptyTold({ rejected, summary }: EmptyImportError, output: Output): CommandError {
  for (const line of emptyLines(summary)) output.line(line);
  output.json({ published: false, ...problemsJson({ rejected, ...summary }) });
  return new CommandError(
    rejected === 0
      ? 'There is no atom in the source. Nothing was changed.'
      : `None of the ${counted(rejected, 'record')} in the source is an atom. Nothing was changed. An atom needs a title and a text: see \`bot kb example\``,
  );
}

/**
 * The lines about an import that brought nothing: one for each kind of problem, and one for the fields that were seen.
 */
function emptyLines({ problemKinds, fieldsSeen, leftAside, leftAsideCount }: ImportSummary): string[] {
  const lines = problemKinds.map(({ field, message, count, first }) => {
    const what = field !== '' ? field : first.index === undefined ? 'a file' : 'a record';
    return `   ${what} ${message} (${counted(count, 'time')}, first in ${placeOf(first)})`;
  });
  if (fieldsSeen.length > 0)
    lines.push(
      `Fields seen: ${fieldsSeen.map(({ field, count }) => `${field} (${grouped(count)})`).join(', ')}`,
    );
  return [...lines, ...leftAsideLines({ leftAside, leftAsideCount })];
}

function readLines({ read, leftAside, leftAsideCount }: ImportSummary): string[] {
  const kinds = read.map(
    ({ as, files, atoms }) => `${as} (${counted(files, 'file')}, ${counted(atoms, 'atom')})`,
  );
  return [
    ...(kinds.length === 0 ? [] : [`Read as: ${kinds.join(', ')}`]),
    ...leftAsideLines({ leftAside, leftAsideCount }),
  ];
}

function leftAsideLines({
  leftAside,
  leftAsideCount,
}: Pick<ImportSummary, 'leftAside' | 'leftAsideCount'>): string[] {
  const lines = leftAside
    .slice(0, SHOWN_LEFT_ASIDE)
    .map(({ file, reason }) => `Left aside: ${file} ${reason}`);
  const more = leftAsideCount - lines.length;
  return more > 0 ? [...lines, `   and ${counted(more, 'more file')}`] : lines;
}

/** One line for the same thing done to several fields, and one for all fields that have other names here. */
function noteLines({ notes }: ImportSummary): string[] {
  const byMessage = new Map<string, NoteCount[]>();
  const renamed: string[] = [];
  for (const note of notes) {
    const field = /^was read as (\w+)$/.exec(note.message)?.[1];
    if (field !== undefined) renamed.push(`${note.field} as ${field} (${grouped(note.count)})`);
    else byMessage.set(note.message, [...(byMessage.get(note.message) ?? []), note]);
  }
  const lines = [...byMessage].map(([message, same]) => {
    const times = Math.max(...same.map(({ count }) => count));
    return `Note: ${subjectOf(same)} ${message} (${counted(times, 'time')}, first in ${placeOf(same[0]!.first)})${madeIdsOf(same)}`;
  });
  return renamed.length === 0 ? lines : [`Fields read: ${renamed.join(', ')}`, ...lines];
}

function madeIdsOf(notes: readonly NoteCount[]): string {
  const ids = notes.flatMap(({ madeIds = [] }) => madeIds);
  if (ids.length === 0) return '';
  const more = notes.reduce((sum, { count }) => sum + count, 0) - Math.min(ids.length, SHOWN_IDS);
  return `: ${ids.slice(0, SHOWN_IDS).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

function subjectOf(notes: readonly NoteCount[]): string {
  const fields = notes.map(({ field }) => field);
  const shown = fields.slice(0, SHOWN_FIELDS).join(', ');
  if (shown === '') return 'a record';
  if (fields.length === 1) return shown;
  const more = fields.length - SHOWN_FIELDS;
  return `each of ${shown}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

function placeOf({ file, line }: { file: string; line?: number }): string {
  return `${file}${line === undefined ? '' : `, line ${line}`}`;
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

export function problemsJson({ rejected, ...found }: Problems): object {
  const { problems, problemCount, problemKinds, fieldsSeen, read, leftAside, leftAsideCount } = found;
  return {
    rejected,
    problems: problems.map(({ atomId, ...problem }) => ({
      ...problem,
      ...(atomId !== undefined && { atom_id: atomId }),
    })),
    problem_count: problemCount,
    problem_kinds: problemKinds,
    fields_seen: fieldsSeen,
    read,
    left_aside: leftAside,
    left_aside_count: leftAsideCount,
  };
}

export function statsJson({ total, byManufacturer, byType }: KnowledgeStats): object {
  return {
    total,
    by_manufacturer: Object.fromEntries(byManufacturer.map(({ value, count }) => [value, count])),
    by_type: Object.fromEntries(byType.map(({ value, count }) => [value, count])),
  };
}

/** The lines about atoms that are not valid; empty when all of them are. */
export function problemLines({ rejected, problems, problemCount }: Problems): string[] {
  if (problemCount === 0) return [];
  const lines = [
    `⚠️  ${counted(rejected, 'atom')} ${rejected === 1 ? 'is not valid and was' : 'are not valid and were'} left out:`,
  ];
  for (const { file, line, atomId, field, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    const what = [atomId, field].filter((part) => part !== undefined && part !== '').join(', ');
    lines.push(
      `   ${placeOf({ file, ...(line !== undefined && { line }) })}${what === '' ? '' : ` (${what})`}: ${message}`,
    );
  }
  const more = problemCount - Math.min(problems.length, SHOWN_PROBLEMS);
  if (more > 0) lines.push(`   and ${counted(more, 'more problem')} (the first ${problems.length}: --json)`);
  return lines;
}
