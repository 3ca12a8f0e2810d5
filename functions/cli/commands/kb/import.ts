import type { Command } from 'commander';
import { importAtoms } from '../../../knowledge/import.ts';
import { publishingIn } from '../../../wiring/knowledge.ts';
import { atomSource } from '../../atom-source.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { importLines } from '../../import-report.ts';
import { progressDisplay } from '../../progress.ts';
import { withStore } from '../../session.ts';

interface ImportOptions {
  replace?: boolean;
}

/** `bot kb import` */
export function define(command: Command): void {
  command
    .argument('<file...>', 'JSON list, JSON lines, {atoms: [...]}, a folder of them, or - for standard input')
    .option('--replace', 'the knowledge base becomes exactly these atoms, all at once');
  defineCommand<ImportOptions>(command, {
    examples: [
      ['atoms.json', 'adds these atoms, and overwrites those with the same id'],
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
  const source = atomSource(args);
  return withStore(await target(), async ({ store }) => {
    const progress = progressDisplay();
    const stopping = new AbortController();
    const stop = (): void => stopping.abort(new Error('Interrupted: nothing was published'));
    process.once('SIGINT', stop);
    try {
      const report = await importAtoms({
        ...publishingIn(store),
        source,
        mode: options.replace === true ? 'replace' : 'merge',
        onProgress: progress.show,
        signal: stopping.signal,
      });
      progress.end();
      for (const line of importLines(report)) output.line(line);
      output.json(report);
      return 0;
    } finally {
      progress.end();
      process.off('SIGINT', stop);
    }
  });
}
