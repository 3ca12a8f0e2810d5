import { expect, it } from 'vitest';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { deleteAtoms } from '../../functions/knowledge/delete.ts';
import { ImportConflictError } from '../../functions/knowledge/import-error.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { createKnowledgeBase } from '../../functions/knowledge/knowledge-base.ts';
import type { KnowledgeStore } from '../../functions/knowledge/store.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore, describeOnOneStore, localClient } from '../fixtures/dynamodb-endpoints.ts';
import { readItems, writeItems } from '../fixtures/table-items.ts';
import { answering, interrupted, killAtWrite, watched } from './faulty-store.ts';
import { fileOf, freshKnowledge, HOUR_MS, liveAtoms, record } from './knowledge-setup.ts';

const id = (slug: string) => `siemens:s7-1200:${slug}`;

async function itemNames(store: KnowledgeStore): Promise<string[]> {
  const names: string[] = [];
  for await (const { id, version } of store.scanRefs()) names.push(`${id} ${version}`);
  return names;
}

async function firstRef(store: KnowledgeStore) {
  for await (const ref of store.scanRefs()) return ref;
  return undefined;
}

/** Content by id, after checking that the read side agrees with what is stored. */
async function contentsOf(
  knowledge: Awaited<ReturnType<typeof freshKnowledge>>,
): Promise<Record<string, string>> {
  const live = Object.fromEntries(await liveAtoms(knowledge.store));
  const version = await createKnowledgeBase(knowledge.env).current();
  const read = (await version?.getMany(Object.keys(live))) ?? [];
  expect(Object.fromEntries(read.map((atom) => [atom.atom_id, atom.content]))).toEqual(live);
  expect(version?.index.size ?? 0).toBe(read.length);
  return live;
}

describeOnOneStore('publishing', (fixture) => {
  for (const when of ['before', 'after'] as const) {
    it(
      `shows the old version or the new one, whole, when its process dies ${when} any of its writes`,
      { timeout: 120_000 },
      async () => {
        const records = (contents: Record<string, string>) =>
          Object.entries(contents).map(([slug, content]) => record(slug, { content }));
        const old = { a: 'old', b: 'old', gone: 'old' };
        const fresh = { a: 'new', b: 'old', c: 'new' };
        const withIds = (contents: Record<string, string>) =>
          Object.fromEntries(Object.entries(contents).map(([slug, content]) => [id(slug), content]));
        // Two versions ago is garbage by the time of the import, so that it dies in the middle of removing it, too.
        const before = await freshKnowledge(fixture);
        for (const contents of [{ older: 'x' }, old]) {
          await before.importRecords(records(contents), { mode: 'replace' });
          before.time.advance(24 * HOUR_MS);
        }
        const items = await readItems(before);

        const seen: string[] = [];
        for (let write = 1; ; write++) {
          const knowledge = await freshKnowledge(fixture);
          const { time, importRecords, env, tableName } = knowledge;
          await writeItems(knowledge, items);
          time.advance(48 * HOUR_MS);
          const client = localClient(fixture.endpoint());
          const { isDead } = killAtWrite(client, write, when);
          const store = new DynamoKnowledgeStore({ client, tableName });
          const source = fileOf(records(fresh));
          const outcome = await importAtoms({ ...env, store, source, mode: 'replace' }).catch(
            (error: unknown) => error,
          );
          client.destroy();
          const live = await contentsOf(knowledge);
          if (outcome instanceof Error) {
            expect(outcome).toBeInstanceOf(StoreUnavailableError);
            expect([withIds(old), withIds(fresh)]).toContainEqual(live);
          } else {
            expect(live).toEqual(withIds(fresh));
          }
          if (!isDead()) break;
          seen.push(outcome instanceof Error ? live[id('a')]! : 'published');

          // The next import succeeds, whatever was left behind.
          await importRecords(records(fresh), { mode: 'replace' });
          expect(await contentsOf(knowledge)).toEqual(withIds(fresh));
        }
        const beforeTheFlip = when === 'before' ? 6 : 5;
        expect(seen.slice(0, beforeTheFlip)).toEqual(Array.from({ length: beforeTheFlip }, () => 'old'));
        if (when === 'after') expect(seen[beforeTheFlip]).toBe('new');
        const rest = seen.slice(6);
        expect(rest.length).toBeGreaterThanOrEqual(3);
        expect(new Set(rest)).toEqual(new Set(['published']));
      },
    );
  }
});

describeOnEveryStore('publishing', (fixture) => {
  it('never shows half an import to a reader who looks before every call of the store', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('a', { content: 'old' }), record('b', { content: 'old' })]);
    const seen = new Set<string>();
    const store = watched(knowledge.store, async () => {
      seen.add(JSON.stringify(Object.values(await contentsOf(knowledge))));
    });
    await knowledge.importRecords([record('a', { content: 'new' }), record('b', { content: 'new' })], {
      store,
    });
    seen.add(JSON.stringify(Object.values(await contentsOf(knowledge))));
    expect([...seen]).toEqual(['["old","old"]', '["new","new"]']);
  });

  it('builds on top of another import that was faster', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('a'), record('b', { content: '1' }), record('c')]);
    const faster = () =>
      knowledge.importRecords([record('b', { content: '2' }), record('c', { content: '2' }), record('d')]);
    const store = interrupted(knowledge.store, 'movePointer', faster);
    // b is unchanged against the version this began with, yet the last import of it counts.
    const report = await knowledge.importRecords([record('b', { content: '1' }), record('e')], { store });
    expect(report).toMatchObject({ published: true, added: 1, changed: 1, unchanged: 0 });
    expect(await contentsOf(knowledge)).toMatchObject({ [id('b')]: '1', [id('c')]: '2' });
    expect(Object.keys(await contentsOf(knowledge))).toEqual(['a', 'b', 'c', 'd', 'e'].map(id));
  });

  it('keeps what it found unchanged even when two others replace and then remove it meanwhile', async () => {
    const knowledge = await freshKnowledge(fixture);
    const { store, time, importRecords } = knowledge;
    await importRecords([record('b', { content: '1' })]);
    time.advance(7 * HOUR_MS);
    let rivals = 0;
    const rivalled = watched(store, async (method) => {
      if (method !== 'movePointer' || ++rivals > 2) return;
      const report = await importRecords([record('b', { content: `rival ${rivals}` })]);
      expect(report.garbage).toMatchObject({ atoms: rivals - 1 });
    });
    const report = await importRecords([record('b', { content: '1' }), record('c')], { store: rivalled });
    expect(report).toMatchObject({ published: true, added: 1, changed: 1 });
    expect(await contentsOf(knowledge)).toMatchObject({ [id('b')]: '1' });
  });

  it('has nothing left to do when two make the same first import at once', async () => {
    const knowledge = await freshKnowledge(fixture);
    const records = Array.from({ length: 40 }, (_, i) => record(`n${i}`));
    const reports = await Promise.all([1, 2, 3].map(() => knowledge.importRecords(records)));
    expect(reports.filter(({ published }) => published)).toHaveLength(1);
    expect(new Set(reports.map(({ version }) => version)).size).toBe(1);
    expect(Object.keys(await contentsOf(knowledge))).toHaveLength(40);
  });

  it('keeps what each of several imports at once has brought', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('start')]);
    const imports = ['x', 'y', 'z'].map((name) =>
      knowledge.importRecords(Array.from({ length: 30 }, (_, i) => record(`${name}${i}`))),
    );
    const removal = deleteAtoms({ ...knowledge.env, ids: [id('start')] });
    await Promise.all([...imports, removal]);
    expect(Object.keys(await contentsOf(knowledge))).toHaveLength(90);
  });

  it('gives up, and says so, when others publish again and again', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('a')]);
    let others = 0;
    const store = watched(knowledge.store, async (method) => {
      if (method === 'movePointer') await knowledge.importRecords([record(`other${++others}`)]);
    });
    await expect(knowledge.importRecords([record('mine')], { store })).rejects.toThrow(ImportConflictError);
    expect(Object.keys(await contentsOf(knowledge))).toHaveLength(1 + others);
  });

  it('gives up an import that took so long that its atoms might be removed as garbage', async () => {
    const knowledge = await freshKnowledge(fixture);
    const store = interrupted(knowledge.store, 'writeSnapshot', async () =>
      knowledge.time.advance(4 * HOUR_MS),
    );
    await expect(knowledge.importRecords([record('a')], { store })).rejects.toThrow('longer than 3 hours');
    expect(await contentsOf(knowledge)).toEqual({});
  });

  it('leaves out an atom whose item is gone from the store, and reports it', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('a'), record('b')]);
    const { version } = (await firstRef(knowledge.store))!;
    await knowledge.store.deleteAtoms([{ id: id('a'), version }]);
    const report = await knowledge.importRecords([record('c')]);
    expect(report.problems).toMatchObject([
      { atomId: id('a'), message: 'is gone from the store, and was left out' },
    ]);
    expect(Object.keys(await contentsOf(knowledge))).toEqual([id('b'), id('c')]);
  });
});

describeOnEveryStore('left-overs of imports', (fixture) => {
  it('are removed once they are old, except what the current and the previous version name', async () => {
    const knowledge = await freshKnowledge(fixture);
    const { store, time, importRecords } = knowledge;
    const contentOf = (content: string) => [record('a'), record('b', { content })];
    await importRecords(contentOf('1'));
    await importRecords(contentOf('2'));
    await importRecords(contentOf('3'));
    expect(await itemNames(store)).toHaveLength(4);
    expect(await store.listSnapshots()).toHaveLength(3);

    time.advance(7 * HOUR_MS);
    const report = await importRecords(contentOf('4'));
    expect(report.garbage).toEqual({ atoms: 2, snapshots: 2 });
    expect(await itemNames(store)).toHaveLength(3);
    expect(await store.listSnapshots()).toHaveLength(2);

    // The previous version can still be read whole.
    const pointer = (await store.readPointer({ consistent: true }))!;
    const previous = createKnowledgeBase({
      ...knowledge.env,
      store: answering(store, () => ({ revision: 1, current: pointer.previous! })),
    });
    const atoms = await (await previous.current())!.getMany([id('a'), id('b')]);
    expect(atoms.map(({ content }) => content)).toEqual([record('a').content, '3']);
  });

  it('of a dead import are removed too, but not what a running one has just written', async () => {
    const knowledge = await freshKnowledge(fixture);
    const { store, time, importRecords } = knowledge;
    await importRecords([record('a')]);
    const dead = watched(store, (method) => {
      if (method === 'writeSnapshot') throw new StoreUnavailableError('down');
    });
    const many = Array.from({ length: 60 }, (_, i) => record(`dead${i}`));
    await expect(importRecords(many, { store: dead })).rejects.toThrow(StoreUnavailableError);
    expect((await itemNames(store)).length).toBe(61);
    time.advance(7 * HOUR_MS);

    const running = interrupted(store, 'writeSnapshot', () => importRecords([record('other')]));
    const report = await importRecords([record('mine')], { store: running });
    expect(report.published).toBe(true);
    expect((await itemNames(store)).map((name) => name.split(' ')[0])).toEqual(
      ['a', 'mine', 'other'].map(id),
    );
    expect(Object.keys(await contentsOf(knowledge))).toEqual(['a', 'mine', 'other'].map(id));
  });

  it('are left for the next time when they cannot be removed', async () => {
    const { store, time, importRecords } = await freshKnowledge(fixture);
    for (const content of ['1', '2', '3']) await importRecords([record('a', { content })]);
    time.advance(7 * HOUR_MS);
    const failing = watched(store, (method) => {
      if (method === 'deleteAtoms') throw new StoreUnavailableError('gone');
    });
    const report = await importRecords([record('b')], { store: failing });
    expect(report.published).toBe(true);
    expect(report).not.toHaveProperty('garbage');
    time.advance(HOUR_MS);
    expect((await importRecords([record('c')])).garbage).toMatchObject({ atoms: 2 });
  });
});
