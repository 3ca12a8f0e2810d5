import { delimiterOf } from './csv-items.ts';
import { isTextName } from './records.ts';

/** The kind of a file: one that is read here, or another one, with the way from there to here. */
export type FileKind =
  | { reads: 'json' | 'json lines' | 'csv' | 'markdown' | 'text' | 'html' | 'yaml' | 'gzip' | 'zip' }
  | { reads?: undefined; is: string };

const CSV_WAY = 'export its table as CSV or JSON lines, and import that';
const TEXT_WAY = 'copy its text into a Markdown file or a table (CSV), and import that';
const UTF8_WAY = 'save it as UTF-8, and import that';
const UNPACK_WAY = 'unpack it, and import what is inside';

const SIGNATURES: readonly { bytes: string; is: string }[] = [
  { bytes: '%PDF', is: `a PDF: ${TEXT_WAY}` },
  { bytes: 'SQLite format 3\0', is: `an SQLite database: ${CSV_WAY}` },
  { bytes: 'PGDMP', is: `a Postgres dump: ${CSV_WAY} (\\copy knowledge_atoms to 'atoms.csv' csv header)` },
  { bytes: '\0\0\xfe\xff', is: `text in UTF-32: ${UTF8_WAY}` },
  { bytes: '\xff\xfe\0\0', is: `text in UTF-32: ${UTF8_WAY}` },
  { bytes: 'PAR1', is: `a Parquet file: ${CSV_WAY} (pandas: to_json(orient='records', lines=True))` },
  {
    bytes: '\xd0\xcf\x11\xe0',
    is: 'an old Office file (.xls, .doc): save it as .xlsx or CSV, or copy its text',
  },
  { bytes: '7z\xbc\xaf\x27\x1c', is: `a 7z archive: ${UNPACK_WAY}` },
  { bytes: 'Rar!', is: `a RAR archive: ${UNPACK_WAY}` },
  { bytes: 'BZh', is: `a bzip2 archive: ${UNPACK_WAY}` },
  { bytes: '\xfd7zXZ', is: `an xz archive: ${UNPACK_WAY}` },
  { bytes: '\x28\xb5\x2f\xfd', is: `a zstd archive: ${UNPACK_WAY}` },
  { bytes: '\x89PNG', is: `a picture (PNG): ${TEXT_WAY}` },
  { bytes: '\xff\xd8\xff', is: `a picture (JPEG): ${TEXT_WAY}` },
  { bytes: 'GIF8', is: `a picture (GIF): ${TEXT_WAY}` },
  { bytes: 'RIFF', is: 'a sound, a film or a picture' },
  { bytes: '{\\rtf', is: `a rich text file: ${TEXT_WAY}` },
  { bytes: '\x80\x04\x95', is: `a Python pickle: ${CSV_WAY}` },
];

const SQL =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:INSERT INTO|COPY [\w."]+|CREATE TABLE|CREATE EXTENSION|DROP TABLE|BEGIN;|SET \w+)/i;

/** As they stand before JSON that somebody wrote by hand. */
const COMMENTS = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*/;

/** A gzip or ZIP archive, by its first bytes. */
export function isPacked(head: Buffer): boolean {
  return packedAs(head) !== undefined;
}

function packedAs(head: Buffer): 'gzip' | 'zip' | undefined {
  const start = head.toString('latin1', 0, 4);
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  return start === 'PK\x03\x04' || start === 'PK\x05\x06' ? 'zip' : undefined;
}

/**
 * Tells what a file is by how it begins, and by its name where that says nothing.
 * @param head the first bytes, in UTF-8 if it is text
 */
export function kindOf(head: Buffer, name: string): FileKind {
  const packed = packedAs(head);
  if (packed !== undefined) return { reads: packed };
  const start = head.toString('latin1', 0, 64);
  if (head.toString('latin1', 257, 262) === 'ustar') return { is: `a tar archive: ${UNPACK_WAY}` };
  const signed = SIGNATURES.find(({ bytes }) => start.startsWith(bytes));
  if (signed !== undefined) return { is: signed.is };
  const text = head.toString('utf8').trimStart();
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (head.subarray(0, 4096).includes(0) && !/^(json|jsonl|ndjson)$/.test(ending))
    return { is: 'a binary file of no known kind' };
  return ofText(text, ending, head);
}

function ofText(text: string, ending: string, head: Buffer): FileKind {
  if (ending === 'jsonl' || ending === 'ndjson') return { reads: 'json lines' };
  if (ending === 'csv' || ending === 'tsv') return { reads: 'csv' };
  if (ending === 'md' || ending === 'markdown' || ending === 'mdx') return { reads: 'markdown' };
  if (ending === 'toml' || ending === 'ini') return { is: `a file of settings: ${CSV_WAY}` };
  if (/^[[{\u001e]/.test(text.replace(COMMENTS, ''))) return { reads: 'json' };
  if (SQL.test(text))
    return { is: `an SQL dump: ${CSV_WAY} (\\copy knowledge_atoms to 'atoms.csv' csv header)` };
  if (/^<!doctype html|^<html[\s>]/i.test(text) || ending === 'html' || ending === 'htm')
    return { reads: 'html' };
  if (text.startsWith('<?xml') || ending === 'xml') return { is: `an XML file: ${CSV_WAY}` };
  if (ending === 'yaml' || ending === 'yml') return { reads: 'yaml' };
  if (/^---[ \t]*\r?\n/.test(text)) return { reads: 'markdown' };
  if (/^(\/\/|\/\*)/.test(text) && ending !== 'json')
    return { is: 'a program, or JSON whose comment does not end: remove the comment' };
  if (ending === 'json' || text === '') return { reads: 'json' };
  // Excel calls a table with tabs a text.
  if ((ending !== 'txt' || text.split(/[\r\n]/, 1)[0]!.includes('\t')) && isTable(text, head))
    return { reads: 'csv' };
  if (ending === 'txt' || ending === 'text') return { reads: 'text' };
  return {
    is: 'of no known kind: JSON, JSON lines, CSV, Excel, Markdown, HTML and text are read, also within .zip and .gz',
  };
}

/** Its first line names columns, a title or a text among them. */
function isTable(text: string, head: Buffer): boolean {
  const { delimiter } = delimiterOf(head) ?? {};
  if (delimiter === undefined) return false;
  const names = text
    .replace(/^"?sep=[^\n]*\n/, '')
    .split(/[\r\n]/, 1)[0]!
    .split(delimiter);
  return names.length > 1 && names.every((name) => name.length < 80) && names.some(isTextName);
}
