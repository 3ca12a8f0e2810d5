import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isOpenToOthers } from '../local/machine/private-files.ts';
import { VARIABLES } from '../settings/settings.ts';
import { UsageError } from './usage-error.ts';

type Env = Record<string, string | undefined>;

/** A file of variables, one `NAME=value` a line, that stands beside the environment. */
export interface VariablesFile {
  /** Absolute. */
  readonly path: string;
  /** Its variables that count: this program's and those of AWS, where the environment sets no other value. */
  readonly names: readonly string[];
  /** Other users may read it. */
  readonly isOpen: boolean;
}

/** The launcher's default, which may be missing, and which elsewhere is the folder of a Python environment. */
const DEFAULT = '.env';

/**
 * Adds what the file of `BOT_ENV_FILE` sets, and the environment does not. Everything else in it is another program's.
 * @throws UsageError
 */
export function useVariablesFile(env: Env): void {
  for (const [name, value] of read(env)?.variables ?? []) env[name] ??= value;
}

/** @throws UsageError */
export function variablesFileOf(env: Env): VariablesFile | undefined {
  const found = read(env);
  if (found === undefined) return undefined;
  const { path, variables } = found;
  const names = variables.filter(([name, value]) => env[name] === value).map(([name]) => name);
  return { path, names, isOpen: isOpenToOthers(path) };
}

/** For the first lines of a start. */
export function variablesLines(env: Env): string[] {
  const file = variablesFileOf(env);
  if (file === undefined) return [];
  const { path, names, isOpen } = file;
  const used = names.length === 0 ? 'none of this program’s in it' : names.join(', ');
  return [
    `Variables: ${path} (${used})`,
    ...(isOpen ? [`⚠️ Other users may read ${path}: chmod 600 ${path}`] : []),
  ];
}

function read(env: Env): { path: string; variables: [string, string][] } | undefined {
  const named = env['BOT_ENV_FILE'] ?? '';
  if (named === '') return undefined;
  const path = resolve(named);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (named === DEFAULT && ['ENOENT', 'EISDIR'].includes(code ?? '')) return undefined;
    throw new UsageError(`The variables of ${path} (BOT_ENV_FILE) cannot be read: ${code}`);
  }
  if (/[\0\uFFFD]/.test(text))
    throw new UsageError(`The variables of ${path} are not in UTF-8: save it as UTF-8`);
  const variables = Object.entries(parseEnv(text) as Record<string, string>).filter(([name]) => isOurs(name));
  return { path, variables: variables.sort() };
}

function isOurs(name: string): boolean {
  return Object.hasOwn(VARIABLES, name) || name.startsWith('AWS_');
}
