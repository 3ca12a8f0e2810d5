import { createWriteStream, type Stats } from 'node:fs';
import { readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { exportAtoms } from '../../../knowledge/export.ts';
import { toRecord } from '../../../knowledge/parse-atom.ts';
import type { KnowledgeStore } from '../../../knowledge/store.ts';
import { knowledgeStoreOf } from '../../../wiring/stores.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { grouped } from '../../output.ts';
import { withStore } from '../../session.ts';
import { isOutputLost } from '../../standard-output.ts';
import { CommandError } from '../../usage-error.ts';

interface ExportOptions {
  format?: 'json' | 'jsonl';
}

/** `bot kb export` */
export function define(command: Command): void {
  command
    .argument('[file]', 'file to write; - or nothing for standard output')
    .addOption(
      new Option(
        '--format <format>',
        'a JSON list, or one atom a line (default: by the name of the file, else json)',
      ).choices(['json', 'jsonl']),
    );
  defineCommand<ExportOptions>(command, {
    examples: [['--format jsonl | gzip > atoms.jsonl.gz', 'one atom a line, on standard output']],
    run: runExport,
  });
}

async function runExport({ options, args, output, target }: Invocation<ExportOptions>): Promise<number> {
  const file = args[0] === '-' ? undefined : args[0];
  const format = options.format ?? (/\.(jsonl|ndjson)$/i.test(file ?? '') ? 'jsonl' : 'json');
  return withStore(await target(), async ({ store }) => {
    let count = 0;
    const text = textOf(knowledgeStoreOf(store), format, () => (count += 1));
    if (file === undefined) {
      await pipeline(text, process.stdout, { end: false }).catch((error: unknown) => {
        if (!isOutputLost()) throw error;
      });
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
  store: KnowledgeStore,
  format: 'json' | 'jsonl',
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

/** Into whatever has that name: a device or a pipe is written to, a link is followed. */
async function writeFile(name: string, text: AsyncIterable<string>): Promise<void> {
  try {
    const found = await statIfAny(name);
    if (found !== undefined && !found.isFile()) await pipeline(text, createWriteStream(name));
    else await replaceFile({ file: await endOfLinks(name), mode: found?.mode }, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CommandError(`${name} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** A file that is there is whole: it gets its name when the last atom is in it. */
async function replaceFile(
  { file, mode }: { file: string; mode: number | undefined },
  text: AsyncIterable<string>,
): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await pipeline(text, createWriteStream(unfinished, { ...(mode !== undefined && { mode }) }));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function statIfAny(file: string): Promise<Stats | undefined> {
  return stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Also of a link whose file does not exist yet. */
async function endOfLinks(name: string): Promise<string> {
  try {
    return await realpath(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const link = await readlink(name).catch(() => undefined);
    return link === undefined ? name : endOfLinks(resolve(dirname(name), link));
  }
}
