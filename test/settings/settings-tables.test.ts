import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environmentFile } from '../../functions/cli/service/environment-file.ts';
import { readSettings, VARIABLES } from '../../functions/settings/settings.ts';
import { own, VARIABLES as OF_CONTEXT } from '../../infra/context-schema.ts';
import { SECRET_VARIABLES } from '../../infra/variables.ts';

/** For each variable a value that is not its default. */
const OTHER_VALUES: Readonly<Record<keyof typeof VARIABLES, string>> = {
  TELEGRAM_BOT_TOKEN: '1:a',
  TELEGRAM_BOT_TOKEN_PARAMETER: '/other',
  TELEGRAM_WEBHOOK_SECRET: 'other',
  TELEGRAM_WEBHOOK_SECRET_PARAMETER: '/other',
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS: 'other',
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER: '/other',
  TELEGRAM_API_ROOT: 'https://other.example',
  TABLE_NAME: 'other',
  MAX_CLOCK_SKEW_MS: '1001',
  HANDLER_DEADLINE_MS: '12001',
  MAX_ATTEMPTS: '6',
  ALLOWED_USER_IDS: '1',
  ADMIN_USER_IDS: '1',
  RATE_LIMIT_PER_MINUTE: '11',
  SCRIPT_TTL_DAYS: '91',
  RECORD_GAPS: 'off',
  WEEKLY_NOTE: 'off',
  LOG_LEVEL: 'WARN',
  PORT: '9877',
  LISTEN_ADDRESS: '0.0.0.0',
  BOT_DATA: 'other',
  BOT_HOST_ID: 'other',
};

/** Settings that no key of the context sets, each for a reason; all others reach a deployment by one. */
const NOT_OF_CONTEXT: Readonly<Partial<Record<keyof typeof VARIABLES, string>>> = {
  TELEGRAM_BOT_TOKEN: 'a function reads it from its parameter',
  TELEGRAM_WEBHOOK_SECRET: 'likewise',
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS: 'likewise',
  TABLE_NAME: 'the stack names its own table',
  PORT: 'of a local run',
  LISTEN_ADDRESS: 'of a local run',
  BOT_DATA: 'of a local run',
  BOT_HOST_ID: 'of a local run',
};

/** Everything that runs but settings.ts itself. */
const FUNCTIONS = fileURLToPath(new URL('../../functions', import.meta.url));
const PROGRAM = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('settings.ts'))
  .map((name) => readFileSync(join(FUNCTIONS, name), 'utf8'))
  .join('\n');

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

  it('is set by a key of the context, or has a reason for none', () => {
    const set: readonly string[] = [...Object.values(OF_CONTEXT), ...Object.values(SECRET_VARIABLES)];
    const unset = Object.keys(VARIABLES).filter((name) => !set.includes(name));
    expect(unset.sort()).toEqual(Object.keys(NOT_OF_CONTEXT).sort());
  });

  it('is read: what it says stands in the settings', () => {
    const unset = JSON.stringify(readSettings({}));
    const unread = Object.keys(VARIABLES).filter(
      (name) =>
        JSON.stringify(readSettings({ [name]: OTHER_VALUES[name as keyof typeof VARIABLES] })) === unset,
    );
    expect(unread).toEqual([]);
  });

  it('is asked for by some part of the program', () => {
    const keys = Object.entries(readSettings({})).flatMap(([key, value]) =>
      key === 'telegram' ? Object.keys(value as object) : [key],
    );
    expect(keys.length).toBeGreaterThanOrEqual(Object.keys(VARIABLES).length);
    const unread = keys.filter(
      (key) =>
        !new RegExp(
          `\\bsettings(\\.telegram)?\\.${key}\\b|\\{[^{}]*\\b${key}\\b[^{}]*\\} = (\\w+\\.)*(settings|readSettings)\\b`,
        ).test(PROGRAM),
    );
    expect(unread).toEqual([]);
  });

  it('comes with the bot into its service, but for the two that the service’s command line says', () => {
    const env = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '1']));
    const passedOn = [...environmentFile(env).matchAll(/^(\w+)="1"$/gm)].map(([, name]) => name);
    expect(Object.keys(VARIABLES).filter((name) => !passedOn.includes(name))).toEqual(['PORT', 'BOT_DATA']);
  });
});
