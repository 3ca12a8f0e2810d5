import { expect, it } from 'vitest';
import { exportAtoms } from '../../functions/knowledge/export.ts';
import { createKnowledgeBase } from '../../functions/knowledge/knowledge-base.ts';
import { parseAtom, toRecord } from '../../functions/knowledge/parse-atom.ts';
import { badAtoms, oddAtoms } from '../fixtures/bad-atoms.ts';
import { describeOnEveryStore, describeOnOneStore } from '../fixtures/dynamodb-endpoints.ts';
import { foreignAtoms, wrappedExport } from '../fixtures/foreign-atoms.ts';
import { hostileAtoms } from '../fixtures/hostile-atoms.ts';
import { LEGACY_COUNTS, LEGACY_IDS, legacyAtoms } from '../fixtures/legacy-atoms.ts';
import { freshKnowledge, record, textFile } from './knowledge-setup.ts';

describeOnOneStore('an import', (fixture) => {
  it('of the export of the system before counts its 1,434 atoms as that system did', async () => {
    const { importRecords, env } = await freshKnowledge(fixture);
    const source = textFile(wrappedExport(legacyAtoms()), 'export.json', 64 * 1024);
    const report = await importRecords([], { source });
    expect(report).toMatchObject({ added: LEGACY_COUNTS.total, rejected: 0 });
    const counts = (entries: Record<string, number>) =>
      Object.entries(entries).map(([value, count]) => ({ value, count }));
    const version = (await createKnowledgeBase(env).current())!;
    expect(version.stats).toEqual({
      total: LEGACY_COUNTS.total,
      byManufacturer: counts(LEGACY_COUNTS.byManufacturer),
      byType: counts(LEGACY_COUNTS.byType),
    });
    const atoms = await version.getMany(Object.values(LEGACY_IDS));
    expect(atoms.map(({ atom_id }) => atom_id)).toEqual(Object.values(LEGACY_IDS));
    expect(version.index.size).toBe(LEGACY_COUNTS.total);
  });
});

describeOnEveryStore('an import', (fixture) => {
  it('refuses each bad atom, naming its field, and keeps the good ones around them', async () => {
    const { importRecords } = await freshKnowledge(fixture);
    const bad = badAtoms();
    const report = await importRecords([record('a'), ...bad.map((atom) => atom.record), record('b')]);
    expect(report).toMatchObject({ added: 2, rejected: bad.length });
    const fields = new Map(report.problems.map(({ index, field }) => [index, field]));
    for (const [at, { name, field }] of bad.entries())
      expect([name, fields.get(at + 1)]).toEqual([name, field]);
  });

  it('of odd atoms takes each, and the second import and that of an export change nothing', async () => {
    const { importRecords, store } = await freshKnowledge(fixture);
    const odd = oddAtoms().map((atom) => atom.record);
    expect(await importRecords(odd)).toMatchObject({ added: odd.length, rejected: 0 });
    expect(await importRecords(odd)).toMatchObject({ published: false, unchanged: odd.length });
    const exported = [];
    for await (const atom of exportAtoms({ store })) exported.push(toRecord(atom));
    expect(await importRecords(exported)).toMatchObject({ published: false, unchanged: odd.length });
  });

  it('keeps every hostile atom as it is, found by its id and exported the same', async () => {
    const { importRecords, env, store } = await freshKnowledge(fixture);
    const hostile = hostileAtoms().map((atom) => atom.record);
    expect(await importRecords(hostile)).toMatchObject({ added: hostile.length, rejected: 0 });
    const version = (await createKnowledgeBase(env).current())!;
    const expected = new Map(hostile.map((entry) => [entry.atom_id as string, parseAtom(entry).atom]));
    for (const [id, atom] of expected) {
      // As text: vitest takes a field named constructor for the constructor.
      expect(JSON.stringify(await version.get(id))).toBe(JSON.stringify(atom));
    }
    const exported = [];
    for await (const atom of exportAtoms({ store })) exported.push(toRecord(atom));
    expect(await importRecords(exported)).toMatchObject({ published: false, unchanged: hostile.length });
  });

  it('takes foreign records for what they mean', async () => {
    const { importRecords, env } = await freshKnowledge(fixture);
    const foreign = foreignAtoms();
    const report = await importRecords(foreign.map((atom) => atom.record));
    expect(report).toMatchObject({ added: foreign.length, rejected: 0 });
    expect(report.notes.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['code_example', 'embedding', 'vendor']),
    );
    const version = (await createKnowledgeBase(env).current())!;
    for (const { record: entry, becomes } of foreign) {
      const atom = await version.get((entry.atom_id ?? entry.id) as string);
      expect(atom).toMatchObject(becomes);
      if (becomes.extra === undefined) expect(atom).not.toHaveProperty('extra');
    }
  });
});
