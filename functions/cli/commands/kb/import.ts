import type { Command } from 'commander';
import { importAtoms, type ImportReport } from '../../../knowledge/import.ts';
import { EmptyImportError, RejectedAtomsError } from '../../../knowledge/import-error.ts';
import type { AtomSource } from '../../../knowledge/read-atoms.ts';
import { publishingIn } from '../../../wiring/publishing.ts';
import { atomSource } from '../../atom-source.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { emptyTold, importJson, importLines, problemLines, problemsJson } from '../../import-report.ts';
import type { Output } from '../../output.ts';
import { progressDisplay } from '../../progress.ts';
import { withStore, withStoreIfAny, type Session } from '../../session.ts';
import { toldWhoShares } from '../../bots-of-table.ts';
import type { Target } from '../../target.ts';
import { CommandError } from '../../usage-error.ts';
import { finishOnSignal } from '../../stop-signals.ts';

interface ImportOptions {
  replace?: boolean;
  leaveOutInvalid?: boolean;
}

/** `bot kb import` */
export function define(command: Command): void {
  command
    .argument(
      '<file...>',
      'JSON, JSON lines, CSV, Excel, Markdown, HTML, YAML or text, a folder or archive of them, or - for standard input',
    )
    .option(
      '--replace',
      'the knowledge base becomes exactly these atoms, all at once; refused when one of them is not valid',
    )
    .option('--leave-out-invalid', 'with --replace: replace it all the same, by the valid ones')
    .addHelpText(
      'after',
      '\nAtoms that are not valid are named and left out, the others are published, and the exit code is 1.',
    );
  defineCommand<ImportOptions>(command, {
    examples: [
      ['--replace export.jsonl', 'nothing else is left'],
      [
        '- --stack AgentFactoryBot-prod < atoms.jsonl',
        'from standard input into the table of a deployed stack',
      ],
    ],
    run: runImport,
  });
}

async function runImport({ options, args, output, target }: Invocation<ImportOptions>): Promise<number> {
  const { replace = false, leaveOutInvalid = false } = options;
  const source = atomSource(args);
  try {
    const mode = replace ? 'replace' : 'merge';
    const { report, shared } = await importInto(await target(), { source, mode, leaveOutInvalid }, output);
    for (const line of importLines(report)) output.line(line);
    output.json({ ...importJson(report), ...shared });
    return report.problemCount === 0 ? 0 : 1;
  } catch (error) {
    throw toldOf(error, output);
  }
}

/** An import that changed nothing because of its source reports as fully as one that did. */
function toldOf(error: unknown, output: Output): unknown {
  if (error instanceof EmptyImportError) return emptyTold(error, output);
  if (!(error instanceof RejectedAtomsError)) return error;
  const found = { rejected: error.rejected, ...error.summary };
  for (const line of problemLines(found)) output.line(line);
  output.json({ published: false, ...problemsJson(found) });
  return new CommandError(
    `${error.message} Mend them, or replace the knowledge base without them: add --leave-out-invalid`,
    { cause: error },
  );
}

type Importing = Pick<Parameters<typeof importAtoms>[0], 'mode' | 'leaveOutInvalid'> & { source: AtomSource };

interface Imported {
  report: ImportReport;
  shared: Awaited<ReturnType<typeof toldWhoShares>>;
}

/** The first import into a data folder begins its store, once it is certain that there is something to import. */
async function importInto(target: Target, importing: Importing, output: Output): Promise<Imported> {
  const run = async (session: Session): Promise<Imported> => {
    const shared = await toldWhoShares(session, output);
    return { report: await importShown(session.store, importing), shared };
  };
  const imported = await withStoreIfAny(target, run);
  if (imported !== undefined) return imported;
  // A stream can be read only once.
  if (!('stream' in Object(importing.source)))
    await withStore(target, ({ store }) => judge(store, importing), { ifMissing: 'empty' });
  return withStore(target, run, { ifMissing: 'create' });
}

/** @throws the error that the import would throw because of its source */
async function judge(store: Session['store'], importing: Importing): Promise<void> {
  const report = await importAtoms({ ...publishingIn(store), ...importing, dryRun: true });
  if (importing.mode === 'replace' && report.rejected > 0 && importing.leaveOutInvalid !== true)
    throw new RejectedAtomsError({ rejected: report.rejected, summary: report });
}

async function importShown(store: Session['store'], importing: Importing): Promise<ImportReport> {
  const progress = progressDisplay();
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new CommandError('Interrupted: nothing was published'));
  const giveBack = finishOnSignal(stop);
  try {
    return await importAtoms({
      ...publishingIn(store),
      ...importing,
      onProgress: progress.show,
      signal: stopping.signal,
    });
  } finally {
    progress.end();
    giveBack();
  }
}
