import type { Command } from 'commander';
import { addGroup, type LazyCommand } from '../lazy-commands.ts';

const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'import',
    summary: 'add atoms from a file, a folder or -',
    example: ['atoms.json', 'adds these atoms, and overwrites those with the same id'],
    load: () => import('./kb/import.ts'),
  },
  {
    name: 'check',
    summary: 'say what an import would do',
    example: ['atoms.json', 'names every bad atom by file, line and field; exit code 1 when there is one'],
    load: () => import('./kb/check.ts'),
  },
  {
    name: 'example',
    summary: 'print an atom file to begin with',
    example: ['> atoms.json', 'a file to begin with: two atoms, the second with the least that one needs'],
    load: () => import('./kb/example.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of atoms',
    example: ['> atoms.schema.json', 'the JSON Schema of a file of atoms, for an editor or a program'],
    load: () => import('./kb/schema.ts'),
  },
  {
    name: 'export',
    summary: 'write every atom as JSON',
    example: ['atoms.json', 'a file that kb import reads back as the same atoms'],
    load: () => import('./kb/export.ts'),
  },
  {
    name: 'stats',
    summary: 'count the atoms',
    example: ['', 'the number of atoms, by manufacturer and by type'],
    load: () => import('./kb/stats.ts'),
  },
  {
    name: 'search',
    summary: 'search as the bot does',
    example: ['motor control', 'the most relevant articles'],
    load: () => import('./kb/search.ts'),
  },
  {
    name: 'get',
    summary: 'show one atom',
    example: ['allen_bradley:ControlLogix:motor-control', 'the whole atom, and what users think of it'],
    load: () => import('./kb/get.ts'),
  },
  {
    name: 'delete',
    summary: 'delete atoms',
    example: ['siemens:S7-1200:status-leds --yes', 'publishes a version without this atom'],
    load: () => import('./kb/delete.ts'),
  },
  {
    name: 'rebuild',
    summary: 'build the search index anew',
    example: ['', 'the same atoms under a new search index: after an upgrade, or to mend a damaged one'],
    load: () => import('./kb/rebuild.ts'),
  },
  {
    name: 'feedback',
    summary: 'list badly voted atoms',
    example: ['--days 7', 'atoms that somebody found not useful in the last week, the worst first'],
    load: () => import('./kb/feedback.ts'),
  },
  {
    name: 'gaps',
    summary: 'list searches that found nothing',
    example: ['--days 7', 'searches of the last week that found nothing, the most frequent first'],
    load: () => import('./kb/gaps.ts'),
  },
];

/** `bot kb`: the knowledge base, while the bot runs or not. */
export async function define(command: Command, words: readonly string[]): Promise<void> {
  await addGroup(command, COMMANDS, words);
}
