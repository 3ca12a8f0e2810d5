import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ATOM_FIELDS } from '../../functions/knowledge/atom.ts';
import { validRecord, wrappedExport } from '../fixtures/foreign-atoms.ts';
import { botCommand, SIDE_BY_SIDE, type Finished } from './bot-command.ts';

describe('bot kb', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const place = () => {
    const data = bot.dataFolder();
    const store = ['--data', data];
    const target = [...store, '--port', '0'];
    const kb = (...args: string[]): Promise<Finished> => bot.ask(['kb', ...args, ...store]);
    const total = async (): Promise<number> =>
      (JSON.parse((await kb('stats', '--json')).stdout) as { total: number }).total;
    const file = (name: string, content: string): string => {
      const path = join(data, name);
      writeFileSync(path, content);
      return path;
    };
    return { data, store, target, kb, total, file };
  };

  it('imports a list, lines, a wrapped export, a folder and standard input', async () => {
    const { data, store, kb, file } = place();
    const record = (name: string): string => JSON.stringify(validRecord(`acme:press:${name}`));
    mkdirSync(join(data, 'folder'));
    const sources = [
      file('list.json', `[${record('one')}]`),
      file('lines.jsonl', `${record('two')}\n${record('three')}\n`),
      file('wrapped.json', wrappedExport([validRecord('acme:press:four')])),
      join(data, 'folder'),
    ];
    file('folder/in.json', `[${record('five')}]`);
    const imported = await kb('import', ...sources);
    expect(imported.code, imported.stderr).toBe(0);
    expect(imported.stdout).toContain('Atoms added: 5, changed: 0, unchanged: 0\n');
    expect(imported.stdout).toContain('✅ Knowledge base published: 7 atoms');
    // Not on a terminal: plain lines, and none of a bar's control characters.
    expect(imported.stderr).toMatch(/^Reading: \d+%\n(.*\n)*Publishing: 100%\n$/);
    expect(imported.stderr).not.toContain('\u001b');
    const piped = await bot.ask(['kb', 'import', '-', ...store], { input: record('six') });
    expect(piped.stdout).toContain('✅ Knowledge base published: 8 atoms');
  });

  it('exports what imports back identical, and replaces everything at once', async () => {
    const { data, kb, file } = place();
    const [json, lines] = [join(data, 'all.json'), join(data, 'all.jsonl')];
    expect((await kb('export', json)).stdout).toBe(`✅ 2 atoms written to ${json}\n`);
    const exported = JSON.parse(readFileSync(json, 'utf8')) as { atom_id: string }[];
    expect(exported.map(({ atom_id }) => atom_id).sort()).toEqual([
      'allen_bradley:ControlLogix:1756-L71-fault',
      'siemens:S7-1200:motor-control',
    ]);
    const replaced = await kb(
      'import',
      '--replace',
      file('other.json', JSON.stringify([validRecord('acme:press:x')])),
    );
    expect(replaced.stdout).toContain('Atoms added: 1, changed: 0, unchanged: 0, removed: 2\n');
    await kb('import', '--replace', json);
    const streamed = await kb('export', '--format', 'jsonl');
    writeFileSync(lines, streamed.stdout);
    expect(
      streamed.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(exported);
    expect((await kb('import', '--replace', lines)).stdout).toContain('✅ Nothing to change: 2 atoms');
    // The name of a file says its format, and - is standard output, as it is standard input of an import.
    await kb('export', lines);
    expect(readFileSync(lines, 'utf8')).toBe(streamed.stdout);
    expect((await kb('export', '-', '--format', 'jsonl')).stdout).toBe(streamed.stdout);
  });

  it('speaks to scripts in the same words as every other command', async () => {
    const { kb, file } = place();
    const checked = await kb('check', '--json', file('bad.jsonl', '{"atom_id":"a:b:c"}\n{bad\n'));
    const imported = await kb(
      'import',
      '--json',
      file('one.json', `[${JSON.stringify(validRecord('a:b:d'))}]`),
    );
    expect(checked.code).toBe(1);
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({
      dry_run: false,
      published: true,
      total: 3,
      added: 1,
      problem_count: 0,
      by_type: expect.any(Object) as object,
    });
    expect(imported.stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it('is interrupted without being called unforeseen, and publishes nothing', async () => {
    const { store, total, file } = place();
    const records = Array.from({ length: 30_000 }, (_, i) => validRecord(`acme:press:${i}`));
    const running = bot.begin(['kb', 'import', file('many.json', JSON.stringify(records)), ...store]);
    await running.until('Reading: ');
    running.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect(code).toBe(1);
    expect(stderr).toContain('❌ Interrupted: nothing was published\n');
    expect(stderr).not.toContain('Unexpected error');
    expect(await total()).toBe(2);
  });

  it('checks without changing anything, and names what is wrong by file, line and field', async () => {
    const { data, kb, total, file } = place();
    const bad = file(
      'bad.jsonl',
      `${JSON.stringify(validRecord('acme:press:good'))}\n{"atom_id":"acme:press:bad"}\n`,
    );
    const checked = await kb('check', bad);
    expect(checked.code).toBe(1);
    expect(checked.stdout).toContain('Atoms would be added: 1');
    expect(checked.stdout).toContain(`${bad}, line 2 (acme:press:bad, content): is required`);
    expect(checked.stdout).toContain('Nothing was changed.');
    expect(await total()).toBe(2);
    const imported = await kb('import', bad);
    expect(imported.code).toBe(1);
    expect(imported.stdout).toContain('⚠️  1 atom is not valid and was left out:');
    expect(await total()).toBe(3);
    const missing = await kb('check', join(data, 'missing.json'));
    expect(missing.stderr).toBe(`❌ ${join(data, 'missing.json')}: there is no such file or folder\n`);
  });

  it('tells all that is wrong with a file of which nothing is an atom, also to a program', async () => {
    const { kb, file } = place();
    const none = file('none.json', JSON.stringify([{ label: 'a' }, { label: 'b', size: 1 }]));
    for (const command of ['check', 'import']) {
      const told = await kb(command, none);
      expect(told.code).toBe(1);
      expect(told.stdout).toContain(`content is required (2 times, first in ${none}, line 1)`);
      expect(told.stdout).toContain('Fields seen: label (2), size (1)');
      expect(told.stderr).toContain('None of the 2 records in the source is an atom');
      const { stdout } = await kb(command, none, '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        published: false,
        problem_kinds: [{ field: 'content', count: 2 }],
        fields_seen: [
          { field: 'label', count: 2 },
          { field: 'size', count: 1 },
        ],
      });
    }
  });

  it('prints an atom file to begin with, and its schema', async () => {
    const { kb, file, total } = place();
    const { stdout } = await bot.ask(['kb', 'example']);
    const checked = await kb('check', file('example.json', stdout));
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toContain('Atoms would be added: 2');
    expect(checked.stdout).not.toContain('kept and searched');
    expect(await total()).toBe(2);
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, shown = ''] = /```json\n(\{\s+"atom_id"[\s\S]*?)```/.exec(readme) ?? [];
    expect((JSON.parse(stdout) as unknown[])[0]).toEqual(JSON.parse(shown));
    const schema = JSON.parse((await bot.ask(['kb', 'schema'])).stdout) as {
      items: { required: string[]; properties: object };
    };
    expect(Object.keys(schema.items.properties)).toEqual(ATOM_FIELDS);
    expect(schema.items.required).toEqual(['title', 'content']);
  });

  it('replaces nothing by what is left of a damaged file, unless an option says so', async () => {
    const { kb, total, file } = place();
    const records = [
      validRecord('acme:press:only'),
      ...Array.from({ length: 120 }, () => ({ atom_id: 'x' })),
    ];
    const gutted = file('gutted.json', JSON.stringify(records));
    const refused = await kb('import', '--replace', gutted);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('⚠️  120 atoms are not valid');
    expect(refused.stderr).toMatch(
      /120 atoms in the source are not valid\. Nothing was changed\..*--leave-out-invalid/,
    );
    expect(await total()).toBe(2);
    const asked = await kb('import', '--replace', '--leave-out-invalid', gutted);
    expect(asked.code).toBe(1);
    expect(asked.stdout).toContain('✅ Knowledge base published: 1 atom ');
    expect(await total()).toBe(1);
  });

  it('searches, shows and deletes', async () => {
    const { kb, target } = place();
    const found = await kb('search', 'motor', 'control');
    expect(found.stdout).toContain('🔍 Search Results for: motor control\n\nFound 1 atom(s)\n');
    expect(found.stdout).toContain('1. [PROCEDURE] Control a motor with an S7-1200');
    const json = JSON.parse((await kb('search', '1756 L71', '--json')).stdout) as {
      hits: { atom_id: string }[];
    };
    expect(json.hits[0]?.atom_id).toBe('allen_bradley:ControlLogix:1756-L71-fault');
    const filtered = JSON.parse((await kb('search', 'type:nonsense motor', '--json')).stdout) as object;
    expect(filtered).toMatchObject({ filters: [], unknown_filters: [{ name: 'type', typed: 'nonsense' }] });
    expect((await kb('search', ' ')).code).toBe(2);

    const shown = await kb('get', 'siemens:S7-1200:motor-control');
    expect(shown.stdout).toContain('latch the contactor');
    expect(shown.stdout).toContain('Feedback: 👍 0  👎 0');
    const unknown = await kb('get', 'siemens:S7-1200:motor-contrl');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('The nearest ones:\n  siemens:S7-1200:motor-control');

    const unasked = await kb('delete', 'siemens:S7-1200:motor-control');
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('Add --yes');
    expect(unasked.stdout).toMatch(/^siemens:S7-1200:motor-control: \S/m);
    expect((await kb('delete', 'no:such:atom')).stdout).toBe('⚠️  There is no atom no:such:atom\n');
    const deleted = await kb('delete', 'siemens:S7-1200:motor-control', 'no:such:atom', '--yes');
    expect(deleted.stdout).toContain('⚠️  There is no atom no:such:atom\n✅ 1 atom deleted; 1 left\n');
    expect((await kb('rebuild')).stdout).toContain('✅ Search index rebuilt: 1 atom');
    await kb('delete', 'allen_bradley:ControlLogix:1756-L71-fault', '--yes');
    const examined = await bot.ask(['doctor', ...target]);
    expect(examined.stdout).toMatch(/^⚠️ {2}Knowledge base: 0 atoms/m);
  });

  it('deletes the starter alone, but what somebody made of it', async () => {
    const store = ['--data', bot.folder()];
    const running = bot.begin(['start', '--local', '--port', '0', ...store]);
    await running.until('Bot is running');
    const kb = (...args: string[]): Promise<Finished> => bot.ask(['kb', ...args, ...store]);
    const one = JSON.parse(
      (await kb('get', 'allen_bradley:ControlLogix:motor-control', '--json')).stdout,
    ) as object;
    const atoms = join(store[1]!, 'own.json');
    writeFileSync(atoms, JSON.stringify([{ ...one, title: 'Ours' }, validRecord('acme:press:ours')]));
    await kb('import', atoms);
    const deleted = await kb('delete', '--starter', '--yes');
    expect(deleted.stdout).toMatch(/^and \d+ more$/m);
    expect(deleted.stdout).toMatch(/^✅ \d+ atoms deleted; 2 left$/m);
    expect((await kb('get', 'allen_bradley:ControlLogix:motor-control')).stdout).toContain('Ours');
    expect((await kb('delete', '--starter', 'acme:press:ours')).code).toBe(2);
    await running.stop();
  });

  it('works while the bot runs on the same embedded store', async () => {
    const { target, kb, total, file } = place();
    const running = bot.begin(['start', ...target]);
    await running.until('Bot is running');
    const atoms = file('more.json', JSON.stringify([validRecord('acme:press:more')]));
    expect((await kb('import', atoms)).stdout).toContain('published: 3 atoms');
    expect(await total()).toBe(3);
    running.child.stdin!.write('/kb_stats\n');
    await running.until('Total Atoms: 3');
    running.child.stdin!.write('the flux capacitor of a locomotive\n');
    await running.until('flux');
    expect((await running.stop()).code).toBe(0);
  });
});
