/**
 * Measures imports of the replaced system's 1,434 atoms into the local stores, how long a fresh process waits for its
 * first answer, and what 100,000 atoms cost in time and memory from the bytes of a file to the packed snapshot.
 *
 *   npm run bench:import
 */
import { performance } from 'node:perf_hooks';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { Contents } from '../../functions/knowledge/contents.ts';
import { toSearchDocument } from '../../functions/knowledge/document.ts';
import { Excerpts } from '../../functions/knowledge/excerpts.ts';
import { exportAtoms } from '../../functions/knowledge/export.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { jsonItems } from '../../functions/knowledge/formats/json-items.ts';
import { createKnowledgeBase } from '../../functions/knowledge/knowledge-base.ts';
import { readAtoms } from '../../functions/knowledge/read-atoms.ts';
import { packSnapshot } from '../../functions/knowledge/snapshot.ts';
import { createVersionNames } from '../../functions/knowledge/version.ts';
import { systemClock } from '../../functions/lease/clock.ts';
import { bm25Engine } from '../../functions/search/engine.ts';
import { dynamoEndpoints, localClient } from '../fixtures/local-dynamodb.ts';
import { legacyAtoms } from '../fixtures/legacy-atoms.ts';
import { manyAtoms } from '../fixtures/many-atoms.ts';

const MANY = 100_000;

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startMs = performance.now();
  const result = await work();
  console.log(`  ${what.padEnd(52)} ${(performance.now() - startMs).toFixed(0).padStart(7)} ms`);
  return result;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function benchStore(endpoint: string): Promise<void> {
  const client = localClient(endpoint);
  const tableName = 'bench';
  await createTableIfMissing(client, tableName);
  const store = new DynamoKnowledgeStore({ client, tableName });
  let names = 0;
  const newVersion = createVersionNames({ wallMs: () => Date.now(), randomHex: () => String(++names) });
  const env = { store, engine: bm25Engine, clock: systemClock, newVersion };
  const records = [...legacyAtoms()];
  const importRecords = (changed: Record<string, unknown> = {}) =>
    importAtoms({
      ...env,
      mode: 'merge',
      source: {
        name: 'legacy',
        stream: textOf([...records.slice(0, -1), { ...records.at(-1), ...changed }]),
      },
    });
  await timed(`import of ${records.length} atoms`, () => importRecords());
  await timed('the same again, nothing new', () => importRecords());
  await timed('one atom changed', () => importRecords({ title: 'changed' }));
  const version = await timed('a fresh reader: pointer, snapshot, index', () =>
    createKnowledgeBase(env).current(),
  );
  await timed('five atoms', () =>
    version!.getMany(records.slice(0, 5).map((record) => record.atom_id as string)),
  );
  await timed('export of all', async () => {
    for await (const atom of exportAtoms({ store })) void atom;
  });
  client.destroy();
}

async function* textOf(records: Iterable<unknown>): AsyncGenerator<string> {
  let separator = '[';
  for (const record of records) {
    yield `${separator}${JSON.stringify(record)}\n`;
    separator = ',';
  }
  yield ']';
}

/** The chunks in which a reader gets a large file from the disk. */
async function bytesOfManyAtoms(): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let pending: string[] = [];
  for await (const text of textOf(manyAtoms(MANY))) {
    pending.push(text);
    if (pending.length < 300) continue;
    chunks.push(Buffer.from(pending.join('')));
    pending = [];
  }
  return [...chunks, Buffer.from(pending.join(''))];
}

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function benchMany(): Promise<void> {
  const chunks = await bytesOfManyAtoms();
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  console.log(`${MANY} atoms, ${megabytes(bytes)} of JSON, no store`);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await timed('cut into JSON values', async () => {
    for await (const item of jsonItems({ file: 'many', chunks: streamOf(chunks) })) void item;
  });
  await timed('read, mapped and judged', async () => {
    for await (const item of readAtoms({ name: 'many', stream: streamOf(chunks) })) void item;
  });
  console.log(`  memory more than before: ${megabytes(process.memoryUsage().rss - before)}`);
  const index = bm25Engine.builder();
  const contents = Contents.builder();
  const excerpts = Excerpts.builder();
  await timed('added to index, contents and excerpts', async () => {
    for await (const { atom } of readAtoms({ name: 'many', stream: streamOf(chunks) })) {
      index.add(toSearchDocument(atom!));
      contents.add(atom!, 'v1');
      excerpts.add(atom!);
    }
  });
  const built = await timed('index built', async () => ({
    contents: contents.build(),
    index: index.build(),
    excerpts: excerpts.build(),
  }));
  const packed = await timed('snapshot packed', () => packSnapshot(built));
  const size = packed.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  console.log(`  snapshot: ${megabytes(size)} in ${packed.chunks.length} chunks`);
  console.log(`  memory more than before: ${megabytes(process.memoryUsage().rss - before)}`);
}

for (const dynamo of dynamoEndpoints()) {
  console.log(dynamo.unavailable ?? dynamo.name);
  if (dynamo.unavailable !== undefined) continue;
  const running = await dynamo.start();
  await benchStore(running.endpoint);
  await running.close();
}
await benchMany();
