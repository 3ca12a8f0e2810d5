import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { createKnowledgeBase, type KnowledgeProblem } from '../../functions/knowledge/knowledge-base.ts';
import { rebuild } from '../../functions/knowledge/rebuild.ts';
import type { AtomRef, KnowledgeStore } from '../../functions/knowledge/store.ts';
import { CorruptSnapshotError } from '../../functions/search/port.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { answering, watched } from './faulty-store.ts';
import { freshKnowledge, record } from './knowledge-setup.ts';

const id = (slug: string) => `siemens:s7-1200:${slug}`;

/** Counts calls of the store by method. */
function counted(store: KnowledgeStore) {
  const calls: Partial<Record<keyof KnowledgeStore, number>> = {};
  const counting = watched(store, (method) => void (calls[method] = (calls[method] ?? 0) + 1));
  return { store: counting, calls };
}

describeOnEveryStore('the knowledge base', (fixture) => {
  it('is undefined before the first import, and there after it', async () => {
    const { env, importRecords } = await freshKnowledge(fixture);
    const knowledge = createKnowledgeBase(env);
    expect(await knowledge.current()).toBeUndefined();
    await importRecords([record('a')]);
    expect((await knowledge.current())!.stats.total).toBe(1);
  });

  it('loads a version once, for all who ask at the same time, and asks only the pointer after that', async () => {
    const { env, importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    const { store: counting, calls } = counted(store);
    const knowledge = createKnowledgeBase({ ...env, store: counting });
    const versions = await Promise.all([1, 2, 3, 4].map(() => knowledge.current()));
    expect(new Set(versions).size).toBe(1);
    await knowledge.current();
    expect(calls).toEqual({ readPointer: 5, readSnapshot: 3 });
  });

  it('moves to a new version with the pointer, while one in hand stays as it was', async () => {
    const { env, importRecords } = await freshKnowledge(fixture);
    await importRecords([record('a', { content: 'old' }), record('b')]);
    const knowledge = createKnowledgeBase(env);
    const before = (await knowledge.current())!;
    await importRecords([record('a', { content: 'new' })], { mode: 'replace' });
    const after = (await knowledge.current())!;
    expect((await before.get(id('a')))!.content).toBe('old');
    expect((await before.get(id('b')))!.title).toBe('About b');
    expect((await after.get(id('a')))!.content).toBe('new');
    expect(await after.get(id('b'))).toBeUndefined();
  });

  it('gets atoms by exact id, in the order asked for, without those that do not exist', async () => {
    const { env, importRecords } = await freshKnowledge(fixture);
    const records = Array.from({ length: 250 }, (_, i) => record(`n${i}`, { content: 'x'.repeat(2000) }));
    await importRecords([...records, record('With Space')]);
    const version = (await createKnowledgeBase(env).current())!;
    const wanted = [id('n3'), 'no:such:atom', id('With Space'), id('n1'), id('n3'), id('N1')];
    expect((await version.getMany(wanted)).map((atom) => atom.atom_id)).toEqual(
      ['n3', 'With Space', 'n1', 'n3'].map(id),
    );
    const all = records.map((entry) => entry.atom_id as string);
    expect((await version.getMany(all)).map((atom) => atom.atom_id)).toEqual(all);
    expect(await version.getMany([])).toEqual([]);
    expect(await version.get('')).toBeUndefined();
  });

  it('reads an atom once, and one that was missing again', async () => {
    const { env, importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a'), record('b')]);
    const asked: string[][] = [];
    let lost: string | undefined = id('b');
    const losing: KnowledgeStore = Object.assign(Object.create(store) as KnowledgeStore, {
      readPointer: store.readPointer.bind(store),
      readSnapshot: store.readSnapshot.bind(store),
      readAtoms: async (refs: readonly AtomRef[]) => {
        asked.push(refs.map((ref) => ref.id));
        const atoms = await store.readAtoms(refs);
        return atoms.map((atom) => (atom?.atom_id === lost ? undefined : atom));
      },
    });
    const version = (await createKnowledgeBase({ ...env, store: losing }).current())!;
    const both = [id('a'), id('b')];
    const found = async (): Promise<string[]> => (await version.getMany(both)).map((atom) => atom.atom_id);
    expect(await found()).toEqual([id('a')]);
    lost = undefined;
    expect(await found()).toEqual(both);
    expect(await found()).toEqual(both);
    expect(asked).toEqual([both, [id('b')]]);
  });

  it('has how atoms begin in memory, or reads them where a bot published that wrote no excerpts', async () => {
    const { env, importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('b', { summary: 'Short.', content: 'All\n\nof it.' }), record('a')]);
    const { current, ...pointer } = (await store.readPointer({ consistent: true }))!;
    const { excerpts: _excerpts, ...older } = current;
    for (const [published, readAtoms] of [
      [current, undefined],
      [older, 1],
    ] as const) {
      const { store: counting, calls } = counted(store);
      const knowledge = createKnowledgeBase({
        ...env,
        store: answering(counting, () => ({ ...pointer, current: published })),
      });
      const wanted = [id('a'), id('none'), id('b')];
      expect(await (await knowledge.current())!.excerptsOf(wanted)).toEqual([
        'What a is. All that is known about a, at length.',
        '',
        'Short. All of it.',
      ]);
      expect(calls.readAtoms).toBe(readAtoms);
    }
  });

  it('does not go back when a stale pointer is read', async () => {
    const { env, importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    const stale = (await store.readPointer({ consistent: true }))!;
    await importRecords([record('b')]);
    let pointer = await store.readPointer({ consistent: true });
    const knowledge = createKnowledgeBase({ ...env, store: answering(store, () => pointer) });
    const version = await knowledge.current();
    for (const old of [stale, undefined]) {
      pointer = old;
      expect(await knowledge.current()).toBe(version);
    }
  });

  it('says that the store is unavailable, and works again when it is back', async () => {
    const { env, importRecords, store } = await freshKnowledge(fixture);
    await importRecords([record('a')]);
    let down: string | undefined = 'readSnapshot';
    const flaky = watched(store, (method) => {
      if (method === down) throw new StoreUnavailableError('down');
    });
    const knowledge = createKnowledgeBase({ ...env, store: flaky });
    await expect(Promise.all([knowledge.current(), knowledge.current()])).rejects.toThrow(
      StoreUnavailableError,
    );
    down = 'readPointer';
    await expect(knowledge.current()).rejects.toThrow(StoreUnavailableError);
    down = undefined;
    expect((await knowledge.current())!.stats.total).toBe(1);
  });
});

type Damage = (version: string, chunk: number) => Promise<unknown>;

describeOnEveryStore('a damaged snapshot', (fixture) => {
  async function damagedKnowledge() {
    const knowledge = await freshKnowledge(fixture);
    const { client, tableName, env } = knowledge;
    const problems: KnowledgeProblem[] = [];
    const remove: Damage = (version, chunk) =>
      client.send(new DeleteCommand({ TableName: tableName, Key: keys.snapshotChunk(version, chunk) }));
    const overwrite: Damage = (version, chunk) =>
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...keys.snapshotChunk(version, chunk), bytes: Buffer.from('truncated') },
        }),
      );
    const open = () => createKnowledgeBase({ ...env, onProblem: (problem) => problems.push(problem) });
    return { ...knowledge, problems, remove, overwrite, open };
  }
  const [CONTENTS, INDEX] = [0, 1];

  it('leaves the version in memory serving, and is not loaded again with every call', async () => {
    const { importRecords, overwrite, open, problems, time } = await damagedKnowledge();
    await importRecords([record('a')]);
    const knowledge = open();
    const good = await knowledge.current();
    const { version } = await importRecords([record('b')]);
    await overwrite(version!, INDEX);
    for (let i = 0; i < 3; i++) expect(await knowledge.current()).toBe(good);
    expect(problems).toEqual([
      { version, reason: 'the checksum of the chunks is wrong', serving: 'in memory' },
    ]);
    time.advance(61_000);
    expect(await knowledge.current()).toBe(good);
    expect(problems).toHaveLength(2);
  });

  it('is answered by the version before it in a fresh process', async () => {
    const { importRecords, remove, open, problems } = await damagedKnowledge();
    const before = await importRecords([record('a')]);
    const { version } = await importRecords([record('b')]);
    await remove(version!, INDEX);
    const knowledge = open();
    expect((await knowledge.current())!.version).toBe(before.version);
    expect((await knowledge.current())!.version).toBe(before.version);
    expect(problems).toEqual([{ version, reason: '1 of 1 chunks are missing', serving: 'previous' }]);
  });

  it('is built anew from its own atoms where there is no version before it', async () => {
    const { importRecords, overwrite, open, problems } = await damagedKnowledge();
    const { version, stats } = await importRecords([record('a'), record('b')]);
    await overwrite(version!, INDEX);
    const current = (await open().current())!;
    expect(current).toMatchObject({ version, stats });
    expect(current.index.search('length').total).toBe(2);
    expect(await current.get(id('b'))).toBeDefined();
    expect(problems).toMatchObject([{ version, serving: 'rebuilt' }]);
  });

  it('is guessed from the newest atoms when even what belongs to it is lost, and reported as a guess', async () => {
    const { importRecords, overwrite, remove, open, problems } = await damagedKnowledge();
    const first = await importRecords([record('a', { content: 'old' }), record('b')]);
    const { version } = await importRecords([record('a', { content: 'new' })]);
    await overwrite(version!, CONTENTS);
    await remove(first.version!, CONTENTS);
    const current = (await open().current())!;
    expect((await current.getMany([id('a'), id('b')])).map(({ content }) => content)).toEqual([
      'new',
      record('b').content,
    ]);
    expect(problems).toMatchObject([{ version, serving: 'rebuilt by guess' }]);
  });

  it('of a format that this bot does not know counts as damaged', async () => {
    const { importRecords, env, problems } = await damagedKnowledge();
    const { version } = await importRecords([record('a')]);
    const engine = {
      builder: () => env.engine.builder(),
      load: () => {
        throw new CorruptSnapshotError('format 2');
      },
    };
    const knowledge = createKnowledgeBase({ ...env, engine, onProblem: (problem) => problems.push(problem) });
    expect((await knowledge.current())!.index.size).toBe(1);
    expect(problems).toEqual([{ version, reason: 'format 2', serving: 'rebuilt' }]);
  });

  it('is mended by a rebuild, and by the next import even if it brings nothing new', async () => {
    for (const chunk of [CONTENTS, INDEX]) {
      const { importRecords, overwrite, open, problems, env } = await damagedKnowledge();
      const { version, stats } = await importRecords([record('a'), record('b')]);
      await overwrite(version!, chunk);
      const mended = chunk === INDEX ? await rebuild(env) : await importRecords([record('a')]);
      expect(mended).toMatchObject({ published: true, stats });
      expect((await open().current())!.version).toBe(mended.version);
      expect(problems).toEqual([]);
    }
  });
});
