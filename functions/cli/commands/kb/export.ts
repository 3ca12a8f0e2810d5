import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
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
    const atoms = recordsOf(new DynamoKnowledgeStore(store));
    if (file === undefined) {
      await write(process.stdout, atoms, options.format);
      return 0;
    }
    const count = await writeFile(file, atoms, options.format);
    output.line(`✅ ${grouped(count)} atoms written to ${file}`);
    output.json({ file, atoms: count });
    return 0;
  });
}

async function* recordsOf(store: DynamoKnowledgeStore): AsyncGenerator<string> {
  for await (const atom of exportAtoms({ store })) yield JSON.stringify(toRecord(atom));
}

/** A file that is there is whole: it gets its name when the last atom is in it. */
async function writeFile(
  file: string,
  records: AsyncIterable<string>,
  format: ExportOptions['format'],
): Promise<number> {
  const unfinished = `${file}.${process.pid}.part`;
  const stream = createWriteStream(unfinished);
  try {
    await Promise.race([
      once(stream, 'open'),
      once(stream, 'error').then(([error]) => Promise.reject(error as Error)),
    ]);
    const count = await write(stream, records, format);
    stream.end();
    await once(stream, 'close');
    await rename(unfinished, file);
    return count;
  } catch (error) {
    stream.destroy();
    await rm(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function write(
  stream: NodeJS.WritableStream,
  records: AsyncIterable<string>,
  format: ExportOptions['format'],
): Promise<number> {
  const [before, between, after] = format === 'json' ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n'];
  const put = async (text: string): Promise<void> => {
    if (!stream.write(text)) await once(stream, 'drain');
  };
  let count = 0;
  await put(before);
  for await (const record of records) await put(`${count++ === 0 ? '' : between}${record}`);
  if (format === 'json' || count > 0) await put(after);
  return count;
}
