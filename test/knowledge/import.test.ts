import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteAtoms } from '../../functions/knowledge/delete.ts';
import { exportAtoms } from '../../functions/knowledge/export.ts';
import { EmptyImportError, UnreadableSourceError } from '../../functions/knowledge/import-error.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { createKnowledgeBase } from '../../functions/knowledge/knowledge-base.ts';
import type { KnowledgeProgress } from '../../functions/knowledge/publish.ts';
import { rebuild } from '../../functions/knowledge/rebuild.ts';
import { toRecord } from '../../functions/knowledge/parse-atom.ts';
import { starterAtomFiles } from '../../functions/knowledge/starter.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { zipFile } from '../fixtures/zip-file.ts';
import { watched } from './faulty-store.ts';
import { freshKnowledge, liveAtoms, record, textFile } from './knowledge-setup.ts';

describeOnEveryStore('an import', (fixture) => {
  it('makes its atoms readable and searchable, and counts them', async () => {
    const { importRecords, env, store } = await freshKnowledge(fixture);
    const report = await importRecords([
      record('motor'),
      record('valve', { manufacturer: 'Allen Bradley', atom_type: 'fault' }),
      record('relay', { atom_type: 'fault' }),
    ]);
    expect(report).toMatchObject({
      published: true,
      added: 3,
      changed: 0,
      unchanged: 0,
      removed: 0,
      rejected: 0,
    });
    expect(report.stats).toEqual({
      total: 3,
      byManufacturer: [
        { value: 'siemens', count: 2 },
        { value: 'allen_bradley', count: 1 },
      ],
      byType: [
        { value: 'fault', count: 2 },
        { value: 'concept', count: 1 },
      ],
    });
    const version = await createKnowledgeBase(env).current();
    expect(version).toMatchObject({ version: report.version, stats: report.stats });
    expect(version!.index.search('valve').hits[0]!.id).toBe('siemens:s7-1200:valve');
    expect((await store.readPointer({ consistent: true }))!.current.atoms).toBe(3);
  });

  it('adds and overwrites when it merges, and leaves nothing else when it replaces', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a'), record('b'), record('c')]);

    const merged = await importRecords([record('b', { content: 'new' }), record('c'), record('d')]);
    expect(merged).toMatchObject({ added: 1, changed: 1, unchanged: 1, removed: 0 });
    expect([...(await liveAtoms(store)).values()].filter((content) => content === 'new')).toHaveLength(1);
    expect((await liveAtoms(store)).size).toBe(4);

    const replaced = await importRecords([record('b', { content: 'new' }), record('e')], { mode: 'replace' });
    expect(replaced).toMatchObject({ added: 1, changed: 0, unchanged: 1, removed: 3 });
    expect([...(await liveAtoms(store)).keys()]).toEqual(['siemens:s7-1200:b', 'siemens:s7-1200:e']);
  });

  it('writes nothing when nothing is different', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const first = await importRecords([record('a'), record('b')]);
    const again = await importRecords([record('b'), record('a')], { mode: 'replace' });
    expect(again).toMatchObject({
      published: false,
      version: first.version,
      unchanged: 2,
      added: 0,
      changed: 0,
    });
    expect(await namesIn(store)).toHaveLength(2);
    expect(await store.listSnapshots()).toHaveLength(1);
  });

  it('reports a bad atom by file, line and field, and takes the rest', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const text = [
      record('a'),
      { ...record('bad'), quality_score: 7, title: '', content: [{}] },
      record('c'),
      5,
    ]
      .map((entry) => JSON.stringify(entry))
      .join(',\n');
    const report = await importRecords([], { source: textFile(`[\n${text}\n]`, 'export.json') });
    const at = { file: 'export.json', line: 3, index: 1, atomId: 'siemens:s7-1200:bad' };
    expect(report).toMatchObject({ added: 2, rejected: 2, problemCount: 2 });
    expect(report.problems).toEqual([
      { ...at, field: 'content', message: 'must be text' },
      { file: 'export.json', line: 5, index: 3, field: '', message: 'must be an object, not 5' },
    ]);
    expect((await liveAtoms(store)).size).toBe(2);
  });

  it('lists a hundred problems at most, and counts the rest', async () => {
    const { importRecords } = await freshKnowledge(fixture);
    const report = await importRecords([record('a'), ...Array.from({ length: 300 }, () => ({}))]);
    expect(report).toMatchObject({ added: 1, rejected: 300, problemCount: 300 });
    expect(report.problems).toHaveLength(100);
  });

  it('keeps every content of an id that a file repeats, and names the ids it made', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const versions = ['1', '2', '3', '2', '1'].map((content) => record('a', { content }));
    const file = [versions[0], record('b'), ...versions.slice(1)];
    const judged = await importRecords(file, { dryRun: true });
    expect(judged).toMatchObject({ added: 4, changed: 0, published: false });
    const report = await importRecords(file);
    expect(report).toMatchObject({ added: 4, stats: { total: 4 } });
    expect(report.notes).toEqual([
      {
        field: 'atom_id',
        message: 'stands again in the same file with other content: stored under an id of its own',
        count: 2,
        first: { file: 'atoms.json', line: 1, index: 2 },
        madeIds: ['siemens:s7-1200:a~2', 'siemens:s7-1200:a~3'],
      },
      {
        field: 'atom_id',
        message: 'stands again with the same content: counted once',
        count: 2,
        first: { file: 'atoms.json', line: 1, index: 4 },
      },
    ]);
    const kept = new Map([
      ['siemens:s7-1200:a', '1'],
      ['siemens:s7-1200:a~2', '2'],
      ['siemens:s7-1200:a~3', '3'],
      ['siemens:s7-1200:b', 'All that is known about b, at length.'],
    ]);
    expect(await liveAtoms(store)).toEqual(kept);
    for (const mode of ['merge', 'replace'] as const)
      expect(await importRecords(file, { mode })).toMatchObject({
        published: false,
        unchanged: 4,
        removed: 0,
      });

    await importRecords([record('a', { content: 'new' })]);
    expect(await liveAtoms(store)).toEqual(kept.set('siemens:s7-1200:a', 'new'));
  });

  it('makes no id that another atom of the file has', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const long = 'x'.repeat(512);
    const file = [
      record('a', { content: '1' }),
      record('a~2', { content: 'own' }),
      record('a', { content: '2' }),
      record('a~3', { content: 'late' }),
      record('a', { content: 'own' }),
      record('l', { atom_id: long, content: '1' }),
      record('l', { atom_id: long, content: '2' }),
    ];
    await importRecords(file);
    const kept = await liveAtoms(store);
    expect(Object.fromEntries(kept)).toEqual({
      'siemens:s7-1200:a': '1',
      'siemens:s7-1200:a~2': 'own',
      'siemens:s7-1200:a~3': '2',
      'siemens:s7-1200:a~3~2': 'late',
      'siemens:s7-1200:a~4': 'own',
      [long]: '1',
      [`${'x'.repeat(510)}~2`]: '2',
    });
    expect(await importRecords(file)).toMatchObject({ published: false, unchanged: 7 });
  });

  it('takes a later file of one import for the newer state of an id, as a later import', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const lines = (contents: string[]): string =>
      contents.map((content) => JSON.stringify(record('a', { content }))).join('\n') + '\n';
    const zip = zipFile({ 'old.jsonl': lines(['1', '2']), 'new.jsonl': lines(['3', '2']) });
    const report = await importRecords([], { source: textFile(zip, 'all.zip') });
    expect(Object.fromEntries(await liveAtoms(store))).toEqual({
      'siemens:s7-1200:a': '3',
      'siemens:s7-1200:a~2': '2',
    });
    const messages = report.notes.map(({ message, count }) => `${message} (${count})`);
    expect(messages).toEqual([
      'stands again in the same file with other content: stored under an id of its own (1)',
      'stands in several files with different contents: the later file counts (1)',
      'stands again with the same content: counted once (1)',
    ]);
  });

  it('refuses an empty source in either mode, and one without a valid atom', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    for (const mode of ['merge', 'replace'] as const) {
      await expect(importRecords([], { mode })).rejects.toThrow(EmptyImportError);
      await expect(importRecords([{ atom_id: 'x' }, 7], { mode })).rejects.toThrow(
        'None of the 2 records in the source is an atom. Nothing was changed. content is required (1, first in atoms.json, line 1); must be an object, not 7 (1, first in atoms.json, line 1). Fields seen: atom_id.',
      );
    }
    expect((await liveAtoms(store)).size).toBe(1);
  });

  it('of a file that turns out to be cut off changes nothing', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    const records = Array.from({ length: 60 }, (_, i) => record(`n${i}`));
    const text = JSON.stringify(records).slice(0, -20);
    for (const mode of ['merge', 'replace'] as const) {
      await expect(importRecords([], { mode, source: textFile(text) })).rejects.toThrow(
        UnreadableSourceError,
      );
    }
    expect([...(await liveAtoms(store)).keys()]).toEqual(['siemens:s7-1200:a']);
  });

  it('that failed has no write under way any more', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    let underWay = 0;
    const slow = Object.assign(
      watched(store, () => undefined),
      {
        writeAtoms: async () => {
          underWay += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
          underWay -= 1;
        },
      },
    );
    const text = JSON.stringify(Array.from({ length: 60 }, (_, i) => record(`n${i}`))).slice(0, -1);
    let mostUnderWay = 0;
    const onProgress = () => void (mostUnderWay = Math.max(mostUnderWay, underWay));
    const failed = importRecords([], { store: slow, source: textFile(text, 'cut.json', 500), onProgress });
    await expect(failed).rejects.toThrow(UnreadableSourceError);
    expect([mostUnderWay, underWay]).toEqual([2, 0]);
  });

  it('says with a dry run what it would do, and writes nothing', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const { version } = await importRecords([record('a'), record('b')]);
    const report = await importRecords([record('a', { content: 'x' }), record('c'), {}], {
      mode: 'replace',
      dryRun: true,
    });
    expect(report).toMatchObject({
      published: false,
      version,
      added: 1,
      changed: 1,
      removed: 1,
      rejected: 1,
    });
    expect(await namesIn(store)).toHaveLength(2);
  });

  it('keeps atoms that are as large, as foreign and as hostile as they may be', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const records = [
      ...Array.from({ length: 12 }, (_, i) => record(`large ${i}`, { content: 'ü'.repeat(170_000) })),
      record('long id', { atom_id: 'ü'.repeat(256) }),
      record('ids', { atom_id: 'a#b#c <b>&"\' 🏭' }),
      record('foreign', {
        tiny: 5e-324,
        huge: 1.7e308,
        text: '\ud800\u0000',
        '': [[], {}, '', null, true],
        deep: JSON.parse('{"a":'.repeat(30) + '1' + '}'.repeat(30)) as unknown,
        quality_score: 1e-200,
      }),
    ];
    const report = await importRecords(records);
    expect(report).toMatchObject({ added: records.length, rejected: 0 });
    const exported = new Map<string, unknown>();
    for await (const atom of exportAtoms({ store })) exported.set(atom.atom_id, toRecord(atom));
    expect(exported.get('siemens:s7-1200:foreign')).toMatchObject({ ...records.at(-1), quality_score: 0 });
    expect(exported.get('a#b#c <b>&"\' 🏭')).toMatchObject(records.at(-2)!);
    expect(exported.size).toBe(records.length);
  });

  it('of an export changes nothing, and an empty table takes it back whole', async () => {
    const first = await freshKnowledge(fixture);
    await first.importRecords([
      record('a', { code_example: 'x', vendor: 'v', extra: { extra: 1 }, source_url: 'file:///x' }),
      record('b', { embedding: [1, 2], difficulty: 'Expert', source_pages: [1, '2-3'] }),
    ]);
    const exported = [];
    for await (const atom of exportAtoms(first)) exported.push(toRecord(atom));
    expect(await first.importRecords(exported, { mode: 'replace' })).toMatchObject({
      published: false,
      unchanged: 2,
    });

    const second = await freshKnowledge(fixture);
    await second.importRecords(exported);
    const again = [];
    for await (const atom of exportAtoms(second)) again.push(toRecord(atom));
    expect(again).toEqual(exported);
  });

  it('tells how far it is', async () => {
    const { importRecords } = await freshKnowledge(fixture);
    const events: KnowledgeProgress[] = [];
    await importRecords([record('a'), record('b')], { onProgress: (event) => events.push(event) });
    expect(events).toContainEqual({ phase: 'index', done: 2, total: 2 });
    expect(events.at(-1)).toEqual({ phase: 'publish', done: 3, total: 3 });
    expect(events[0]!.phase).toBe('read');
  });

  it('stops when its user stops it, and changes nothing', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    for (const phase of ['read', 'index', 'publish'] as const) {
      const stop = new AbortController();
      const reason = new Error('stopped by its user');
      const onProgress = (event: KnowledgeProgress) => void (event.phase === phase && stop.abort(reason));
      const records = Array.from({ length: 30 }, (_, i) => record(`n${i}`, { content: phase }));
      await expect(importRecords(records, { signal: stop.signal, onProgress })).rejects.toThrow(reason);
      expect([...(await liveAtoms(store)).keys()]).toEqual(['siemens:s7-1200:a']);
    }
  });

  it('takes the starter knowledge base without a word of complaint', async () => {
    const { env } = await freshKnowledge(fixture);
    const report = await importAtoms({ ...env, source: starterAtomFiles(), mode: 'merge' });
    expect(report).toMatchObject({ rejected: 0, problems: [], notes: [] });
    expect(report.added).toBeGreaterThanOrEqual(60);
  });

  it('can be taken back atom by atom, down to none', async () => {
    const { importRecords, env, store } = await freshKnowledge(fixture);
    await importRecords([record('a'), record('b'), record('c')]);
    const [a, b, c] = ['a', 'b', 'c'].map((slug) => `siemens:s7-1200:${slug}`);
    expect(await deleteAtoms({ ...env, ids: [a!, 'x:y:z', a!] })).toMatchObject({
      published: true,
      removed: [a],
      unknown: ['x:y:z'],
      stats: { total: 2 },
    });
    expect([...(await liveAtoms(store)).keys()]).toEqual([b, c]);
    expect(await deleteAtoms({ ...env, ids: ['x:y:z'] })).toMatchObject({ published: false, removed: [] });
    await deleteAtoms({ ...env, ids: [b!, c!] });
    const version = await createKnowledgeBase(env).current();
    expect(version!.stats.total).toBe(0);
    expect(version!.index.search('anything').total).toBe(0);
    expect(await importRecords([record('a')])).toMatchObject({ added: 1, stats: { total: 1 } });
  });

  it('is not needed to build the index anew', async () => {
    const { importRecords, env } = await freshKnowledge(fixture);
    await expect(rebuild(env)).rejects.toThrow('There is no knowledge base yet');
    const { version, stats } = await importRecords([record('a'), record('b')]);
    const rebuilt = await rebuild(env);
    expect(rebuilt).toMatchObject({ published: true, stats });
    expect(rebuilt.version).not.toBe(version);
    expect((await createKnowledgeBase(env).current())!.index.search('length').total).toBe(2);
  });

  describe('of files', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'atoms-'));
      await mkdir(join(folder, 'all', 'nested.json'), { recursive: true });
      await mkdir(join(folder, 'none'));
      await writeFile(join(folder, 'all', 'list.json'), JSON.stringify([record('a'), record('b')]));
      await writeFile(
        join(folder, 'all', 'frame.json'),
        JSON.stringify({ metadata: {}, atoms: [record('c')] }),
      );
      await writeFile(
        join(folder, 'all', 'lines.JSONL'),
        [record('d'), record('e')].map((r) => JSON.stringify(r)).join('\n'),
      );
      await writeFile(join(folder, 'all', 'nested.json', 'one.json'), JSON.stringify(record('f'), null, 2));
      await writeFile(join(folder, 'all', 'readme.txt'), 'not an atom');
      await writeFile(join(folder, 'all', 'manual.pdf'), '%PDF-1.7 ...');
      await symlink('..', join(folder, 'all', 'loop.json'));
      await writeFile(join(folder, 'cut.json'), '[{"atom_id": "x"');
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('takes a folder, a file or several, in any of the formats', async () => {
      const { importRecords } = await freshKnowledge(fixture);
      const all = join(folder, 'all');
      expect(await importRecords([], { source: join(all, 'frame.json') })).toMatchObject({ added: 1 });
      expect(await importRecords([], { source: all })).toMatchObject({ added: 5, unchanged: 1, notes: [] });
    });

    it('refuses what is missing, empty or cut off as a whole, and names it', async () => {
      const { importRecords, store } = await freshKnowledge(fixture);
      await importRecords([record('a')]);
      const cases = { 'nothing.json': 'there is no such', none: 'holds no file', 'cut.json': 'cut off' };
      for (const [name, message] of Object.entries(cases)) {
        const path = join(folder, name);
        const failed = importRecords([], { source: [join(folder, 'all'), path], mode: 'replace' });
        await expect(failed).rejects.toThrow(message);
        await expect(importRecords([], { source: path })).rejects.toThrow(path);
      }
      expect((await liveAtoms(store)).size).toBe(1);
    });

    it('knows how much there is to read', async () => {
      const { importRecords } = await freshKnowledge(fixture);
      const events: KnowledgeProgress[] = [];
      const report = importRecords([], {
        source: join(folder, 'all'),
        onProgress: (event) => events.push(event),
      });
      await report;
      const read = events.filter(({ phase }) => phase === 'read');
      expect(read.at(-1)!.done).toBe(read.at(-1)!.total);
    });
  });
});

async function namesIn(store: Parameters<typeof liveAtoms>[0]): Promise<string[]> {
  const names: string[] = [];
  for await (const { id, version } of store.scanRefs()) names.push(`${id} ${version}`);
  return names;
}
