import type { AtomSource } from '../knowledge/read-atoms.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError when standard input is one of several files, or a terminal */
export function atomSource(files: readonly string[]): AtomSource {
  if (!files.includes('-')) return files;
  if (files.length > 1) throw new UsageError("'-' (standard input) cannot be combined with files");
  if (process.stdin.isTTY) throw new UsageError('- reads standard input: add `< atoms.json`, or name a file');
  return { name: 'standard input', stream: process.stdin };
}
