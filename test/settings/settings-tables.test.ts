import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environmentFile } from '../../functions/cli/service/environment-file.ts';
import { VARIABLES } from '../../functions/settings/settings.ts';
import { own, VARIABLES as OF_CONTEXT } from '../../infra/context-schema.ts';

const defaults = (entries: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([name, { default: value }]: [string, { default?: string }]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  );
/** The rows of the table of a README that begins with these columns; one row may be about two names. */
function tableOf(file: string, columns: string): Map<string, { told: string; meaning: string }> {
  const text = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.replaceAll(/ +/g, ' ').startsWith(columns));
  expect(start, `a table ${columns} in ${file}`).toBeGreaterThan(0);
  const rows = lines.slice(start + 2, lines.indexOf('', start)).map((line) => line.split('|').slice(1, 4));
  return new Map(
    rows.flatMap(([names = '', told = '', meaning = '']) => {
      const [first = '', ...others] = [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const all = [first, ...others.map((name) => name.replace('...', first))];
      return all.map((name) => [name, { told: told.trim().replaceAll('`', ''), meaning }] as const);
    }),
  );
}
const told = (table: ReturnType<typeof tableOf>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, table.get(name)?.told]));

describe('a setting', () => {
  it('stands in README.md with its default, and nothing else does', () => {
    const table = tableOf('README.md', '| variable | default |');
    expect([...table.keys()].sort()).toEqual(Object.keys(VARIABLES).sort());
    const expected = defaults(VARIABLES);
    expect(told(table, Object.keys(expected))).toEqual(expected);
  });

  it('of a deployment stands in infra/README.md with its default and its variable, and nothing else does', () => {
    const table = tableOf('infra/README.md', '| key | default |');
    expect([...table.keys()].sort()).toEqual(
      [...Object.keys(own.entries), ...Object.keys(OF_CONTEXT)].sort(),
    );
    const ofVariables = defaults(VARIABLES);
    const named = Object.entries(OF_CONTEXT).flatMap(([key, variable]) =>
      ofVariables[variable] === undefined ? [] : [[key, ofVariables[variable]]],
    );
    const expected = { ...defaults(own.entries), ...(Object.fromEntries(named) as Record<string, string>) };
    expect(told(table, Object.keys(expected))).toEqual(expected);
    for (const [key, variable] of Object.entries(OF_CONTEXT))
      expect(table.get(key)?.meaning).toContain(`\`${variable}\``);
  });

  it('comes with the bot into its service, but for the two that the service’s command line says', () => {
    const env = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '1']));
    const passedOn = [...environmentFile(env).matchAll(/^(\w+)="1"$/gm)].map(([, name]) => name);
    expect(Object.keys(VARIABLES).filter((name) => !passedOn.includes(name))).toEqual(['PORT', 'BOT_DATA']);
  });
});
