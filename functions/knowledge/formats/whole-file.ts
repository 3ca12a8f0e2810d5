import { basename } from 'node:path';
import { type Document, parseAllDocuments } from 'yaml';
import { UnreadableSourceError } from '../import-error.ts';
import { ofHtmlPage } from '../plain-text.ts';
import { decodeAs, decodeText, WINDOWS_1252 } from './encoding.ts';
import type { Item } from './item.ts';
import { articleOf, MAX_ALIASES } from './markdown.ts';
import { recordsIn } from './records.ts';

/** Files of one article, or of a few records, are read as a whole; an atom is no larger than a tenth of this. */
const MAX_FILE_BYTES = 4_000_000;
interface WholeFile {
  file: string;
  chunks: AsyncIterable<Buffer>;
}

export async function* markdownItems({ file, chunks }: WholeFile): AsyncGenerator<Item> {
  const { text, notes } = await textOf(file, chunks);
  yield { kind: 'record', index: 0, line: 1, value: articleOf(file, text, nameOf), as: 'Markdown', ...notes };
}

/** The first line of a text is its title when a blank line follows; else its name is. */
export async function* textItems({ file, chunks }: WholeFile): AsyncGenerator<Item> {
  const { text, notes } = await textOf(file, chunks);
  const heading = /^\s*(\S[^\n]{0,119})\r?\n[ \t]*\r?\n(?=\s*\S)/.exec(text);
  const value = {
    title: heading?.[1] ?? nameOf(file),
    source_document: basename(file),
    content: text.slice(heading?.[0].length ?? 0),
  };
  yield { kind: 'record', index: 0, line: 1, value, as: 'text', ...notes };
}

export async function* htmlItems({ file, chunks }: WholeFile): AsyncGenerator<Item> {
  const { text, notes } = await textOf(file, chunks, charsetOf);
  const { title, content } = ofHtmlPage(text);
  const language = /<html[^>]*\slang=["']?([\w-]{2,20})/i.exec(text)?.[1];
  const value = {
    title: title ?? nameOf(file),
    source_document: basename(file),
    content,
    ...(language !== undefined && { language }),
  };
  yield { kind: 'record', index: 0, line: 1, value, as: 'HTML', ...notes };
}

export async function* yamlItems({ file, chunks }: WholeFile): AsyncGenerator<Item> {
  const { text, notes } = await textOf(file, chunks);
  const documents = parseAllDocuments(text, { logLevel: 'error' });
  const values = 'empty' in documents ? [] : documents;
  const broken = values.find(({ errors }) => errors.length > 0)?.errors[0];
  if (broken !== undefined) {
    const line = broken.linePos?.[0].line;
    throw new UnreadableSourceError({ file, ...(line !== undefined && { line }) }, 'is not valid YAML');
  }
  const records = values.flatMap((document): unknown[] => {
    const value = plainOf(file, document);
    return Array.isArray(value) ? value : [value];
  });
  const found = records.flatMap((value) => recordsIn(value));
  for (const [index, { record, inherited = [] }] of found.entries())
    yield { kind: 'record', index, value: record, as: 'YAML', inherited, ...notes };
}

/** @throws UnreadableSourceError where an alias stands for nothing, or a few of them for more than fits into memory */
function plainOf(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new UnreadableSourceError({ file }, 'has an alias of nothing, or aliases without end', { cause });
  }
}

/** @throws UnreadableSourceError when it is too large, or in no encoding that is known */
async function textOf(
  file: string,
  chunks: AsyncIterable<Buffer>,
  declaredIn?: (bytes: Buffer) => string | undefined,
): Promise<{ text: string; notes: { notes?: readonly string[] } }> {
  const bytes = await bytesOf({
    file,
    chunks,
    limit: MAX_FILE_BYTES,
    advice: 'split it, one article a file',
  });
  const decoded = decodeText(bytes);
  const declared = decoded?.isWindows === false ? undefined : declaredIn?.(bytes);
  const asDeclared = declared === undefined ? undefined : decodeAs(bytes, declared);
  if (asDeclared !== undefined)
    return { text: asDeclared, notes: { notes: [`is in ${declared}, as it says`] } };
  if (decoded === undefined)
    throw new UnreadableSourceError({ file }, 'is not valid UTF-8: save it as UTF-8');
  const { text, isWindows } = decoded;
  return { text, notes: isWindows ? { notes: [WINDOWS_1252] } : {} };
}

/** The encoding that a page names, which is asked for only where it is not UTF-8. */
function charsetOf(bytes: Buffer): string | undefined {
  return /<meta[^>]+charset=["']?([\w-]{1,40})/i.exec(bytes.toString('latin1', 0, 4096))?.[1]?.toLowerCase();
}

/** @throws UnreadableSourceError when there are more */
export async function bytesOf(options: {
  file: string;
  chunks: AsyncIterable<Buffer>;
  limit: number;
  advice: string;
}): Promise<Buffer> {
  const { file, chunks, limit, advice } = options;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new UnreadableSourceError({ file }, `is larger than ${limit} bytes: ${advice}`);
    pieces.push(chunk);
  }
  return Buffer.concat(pieces);
}

/** `Belt_slips-2.md` -> `Belt slips 2` */
function nameOf(file: string): string {
  return basename(file)
    .replace(/\.[^.]{1,8}$/, '')
    .replace(/[_-]+/g, ' ');
}
