import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ImportError } from '../../functions/knowledge/import-error.ts';
import { importAtoms, type ImportReport } from '../../functions/knowledge/import.ts';
import { describeOnOneStore } from '../fixtures/dynamodb-endpoints.ts';
import { foreignRecords } from './hostile-shapes.ts';
import { freshKnowledge, liveAtoms, record, textFile } from './knowledge-setup.ts';
import { propertyRuns } from '../fixtures/property-runs.ts';

describeOnOneStore('an import of a hostile file', (fixture) => {
  /** Imports the bytes, and compares what readers see before and after with the report of the import. */
  async function tryImport(
    knowledge: Awaited<ReturnType<typeof freshKnowledge>>,
    bytes: Buffer,
    name: string,
  ): Promise<ImportReport | undefined> {
    const { env, store } = knowledge;
    const before = await liveAtoms(store);
    try {
      const report = await importAtoms({ ...env, source: textFile(bytes, name, 57), mode: 'merge' });
      const after = await liveAtoms(store);
      expect(after.size).toBe(before.size + report.added);
      for (const id of before.keys()) expect(after.has(id)).toBe(true);
      return report;
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      // The error names the place of a fault, and never quotes the file.
      expect(error.message.length).toBeLessThan(500);
      expect(await liveAtoms(store)).toEqual(before);
      return undefined;
    }
  }

  it('of any bytes is refused, or reports what it brought, and changes nothing else', async () => {
    const knowledge = await freshKnowledge(fixture);
    await knowledge.importRecords([record('kept')]);
    const names = fc.constantFrom('atoms.json', 'atoms.jsonl', '-');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all)),
      fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)),
      foreignRecords.map((records) => Buffer.from(JSON.stringify(records))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, names, async (all, name) => void (await tryImport(knowledge, all, name))),
      propertyRuns(10),
    );
    expect((await liveAtoms(knowledge.store)).has('siemens:s7-1200:kept')).toBe(true);
  });

  it('with a byte changed, lost or put in is never half-imported', async () => {
    const good = Buffer.from(JSON.stringify(['a', 'b', 'c'].map((slug) => record(slug))));
    const damage = fc.tuple(
      fc.constantFrom('change', 'drop', 'insert', 'cut'),
      fc.nat(good.length - 1),
      fc.nat(255),
    );
    const knowledge = await freshKnowledge(fixture);
    await fc.assert(
      fc.asyncProperty(damage, async ([how, at, byte]) => {
        const insert = how === 'insert' || how === 'change' ? [byte] : [];
        const rest = how === 'cut' ? Buffer.alloc(0) : good.subarray(at + (how === 'insert' ? 0 : 1));
        const bytes = Buffer.concat([good.subarray(0, at), Buffer.from(insert), rest]);
        const report = await tryImport(knowledge, bytes, 'atoms.json');
        // Cut off anywhere it is no list any more.
        if (how === 'cut') expect(report).toBeUndefined();
      }),
      propertyRuns(10),
    );
  });

  const deep = (open: string, close: string): string => `${open.repeat(200_000)}1${close.repeat(200_000)}`;
  const whole = JSON.stringify(record('whole'));

  it('nested without end, or of one giant string, costs neither the stack nor the rest', async () => {
    const knowledge = await freshKnowledge(fixture);
    for (const bad of [
      deep('[', ']'),
      deep('{"a":', '}'),
      JSON.stringify(record('giant', { content: 'x'.repeat(3_000_000) })),
    ]) {
      const report = await tryImport(knowledge, Buffer.from(`${whole}\n${bad}\n`), 'atoms.jsonl');
      expect(report).toMatchObject({ rejected: 1 });
      expect([...(await liveAtoms(knowledge.store)).keys()]).toEqual(['siemens:s7-1200:whole']);
    }
  });

  it('of which any field or frame is nested without end costs that record at most', async () => {
    const knowledge = await freshKnowledge(fixture);
    const nested = (open: string, close: string): string =>
      `${open.repeat(8_000)}{"S":"x"}${close.repeat(8_000)}`;
    const values = [
      nested('[', ']'),
      nested('{"text":', '}'),
      nested('{"L":[', ']}'),
      nested('{"M":{"a":', '}}'),
      nested('{"payload":', '}'),
    ];
    const fields = ['title', 'content', 'keywords', 'source_pages', 'difficulty', 'created_at'];
    const frames = ['payload', 'metadata', 'node', 'Item', 'items', 'messages', 'answers', 'instruction'];
    const lines = [...fields, ...frames].flatMap((name) =>
      values.map((value) =>
        JSON.stringify({ ...record('odd'), [name]: 0 }).replace(`"${name}":0`, `"${name}":${value}`),
      ),
    );
    const report = await tryImport(knowledge, Buffer.from([whole, ...lines, ''].join('\n')), 'atoms.jsonl');
    expect(report).toBeDefined();
    expect([...(await liveAtoms(knowledge.store)).keys()]).toContain('siemens:s7-1200:whole');
  });

  it('whose fields beside the text are nested without end, or endless, costs these fields alone', async () => {
    for (const odd of [
      JSON.stringify({ ...record('odd'), extra: 0 }).replace('"extra":0', `"extra":${deep('[', ']')}`),
      JSON.stringify(record('odd', { keywords: Array.from({ length: 200_000 }, (_, i) => `k${i}`) })),
    ]) {
      const knowledge = await freshKnowledge(fixture);
      const report = await tryImport(knowledge, Buffer.from(`${whole}\n${odd}\n`), 'atoms.jsonl');
      expect(report).toMatchObject({ added: 2, rejected: 0 });
      expect((await liveAtoms(knowledge.store)).size).toBe(2);
    }
  });
});
