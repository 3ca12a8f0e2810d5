import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { DynamoKnowledgeStore } from '../../../dynamodb/knowledge-store.ts';
import { exportAtoms } from '../../../knowledge/export.ts';
import { toRecord } from '../../../knowledge/schema.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { grouped } from '../../output.ts';
import { withStore } from '../../session.ts';
import { CommandError } from '../../usage-error.ts';

interface ExportOptions {
  format: 'json' | 'jsonl';
}

/** `bot kb export` */
export function define(command: Command): void {
  command
    .argument('[file]', 'where to; standard output without it')
    .addOption(
      new Option('--format <format>', 'a JSON list, or a line an atom')
        .choices(['json', 'jsonl'])
        .default('json'),
    );
  defineCommand<ExportOptions>(command, {
    examples: [
      ['atoms.json', 'a file that kb import reads back as the same atoms'],
      ['--format jsonl | gzip > atoms.jsonl.gz', 'one atom a line, on standard output'],
    ],
    run: runExport,
  });
}

async function runExport({ options, args, output, target }: Invocation<ExportOptions>): Promise<number> {
  const [file] = args;
  return withStore(await target(), async ({ store }) => {
    let count = 0;
    const text = textOf(new DynamoKnowledgeStore(store), options.format, () => (count += 1));
    if (file === undefined) {
      await pipeline(text, process.stdout, { end: false });
      return 0;
    }
    await writeFile(file, text);
    output.line(`✅ ${grouped(count)} atoms written to ${file}`);
    output.json({ file, atoms: count });
    return 0;
  });
}

/** The file as text, piece by piece. */
async function* textOf(
  store: DynamoKnowledgeStore,
  format: ExportOptions['format'],
  onAtom: () => void,
): AsyncGenerator<string> {
  let separator = format === 'json' ? '[\n' : '';
  for await (const atom of exportAtoms({ store })) {
    yield separator + JSON.stringify(toRecord(atom));
    separator = format === 'json' ? ',\n' : '\n';
    onAtom();
  }
  if (format === 'json') yield separator === '[\n' ? '[]\n' : '\n]\n';
  else if (separator !== '') yield '\n';
}

/** A file that is there is whole: it gets its name when the last atom is in it. */
async function writeFile(file: string, text: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await pipeline(text, createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
