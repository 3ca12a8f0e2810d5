import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  { name: 'import', summary: 'add atoms from a file, a folder or -', load: () => import('./kb/import.ts') },
  { name: 'check', summary: 'say what an import would do', load: () => import('./kb/check.ts') },
  { name: 'example', summary: 'print an atom file to begin with', load: () => import('./kb/example.ts') },
  { name: 'schema', summary: 'print the JSON Schema of atoms', load: () => import('./kb/schema.ts') },
  { name: 'export', summary: 'write every atom as JSON', load: () => import('./kb/export.ts') },
  { name: 'stats', summary: 'count the atoms', load: () => import('./kb/stats.ts') },
  { name: 'search', summary: 'search as the bot does', load: () => import('./kb/search.ts') },
  { name: 'get', summary: 'show one atom', load: () => import('./kb/get.ts') },
  { name: 'delete', summary: 'delete atoms', load: () => import('./kb/delete.ts') },
  { name: 'rebuild', summary: 'build the search index anew', load: () => import('./kb/rebuild.ts') },
  { name: 'feedback', summary: 'list badly voted atoms', load: () => import('./kb/feedback.ts') },
  { name: 'gaps', summary: 'what was searched for in vain', load: () => import('./kb/gaps.ts') },
];

/** `bot kb`: the knowledge base, while the bot runs or not. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
