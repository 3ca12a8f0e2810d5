import type { Command } from 'commander';
import { importAtoms } from '../../../knowledge/import.ts';
import { EmptyImportError } from '../../../knowledge/import-error.ts';
import { publishingIn } from '../../../wiring/publishing.ts';
import { atomSource } from '../../atom-source.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { emptyTold, importJson, importLines } from '../../import-report.ts';
import { withStore } from '../../session.ts';

interface CheckOptions {
  replace?: boolean;
}

/** `bot kb check` */
export function define(command: Command): void {
  command.argument('<file...>', 'as for kb import').option('--replace', 'as for kb import');
  defineCommand<CheckOptions>(command, {
    examples: [['--replace atoms.json', 'also counts what a replacement would remove']],
    run: check,
  });
}

async function check({ options, args, output, target }: Invocation<CheckOptions>): Promise<number> {
  const source = atomSource(args);
  const mode = options.replace === true ? 'replace' : 'merge';
  const report = await withStore(
    await target(),
    ({ store }) => importAtoms({ ...publishingIn(store), source, mode, dryRun: true }),
    { ifMissing: 'empty' },
  ).catch((error: unknown) => {
    throw error instanceof EmptyImportError ? emptyTold(error, output) : error;
  });
  for (const line of importLines(report)) output.line(line);
  output.json(importJson(report));
  return report.problemCount === 0 ? 0 : 1;
}
