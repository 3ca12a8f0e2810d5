import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { exportAtoms } from '../../functions/knowledge/export.ts';
import { importAtoms, type ImportOptions, type ImportReport } from '../../functions/knowledge/import.ts';
import { UnreadableSourceError } from '../../functions/knowledge/import-error.ts';
import { type ReadAtom, readAtoms, type StreamSource } from '../../functions/knowledge/read-atoms.ts';
import type { KnowledgeStore } from '../../functions/knowledge/store.ts';
import { createVersionNames } from '../../functions/knowledge/version.ts';
import { bm25Engine } from '../../functions/search/engine.ts';
import type { StoreFixture } from '../fixtures/dynamodb-endpoints.ts';

export const HOUR_MS = 3_600_000;

/** A record as an export has it. */
export function record(slug: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    atom_id: `siemens:s7-1200:${slug}`,
    atom_type: 'concept',
    title: `About ${slug}`,
    summary: `What ${slug} is.`,
    content: `All that is known about ${slug}, at length.`,
    manufacturer: 'siemens',
    keywords: [slug],
    ...fields,
  };
}

/** Records as a file of JSON that arrives in small pieces. */
export function fileOf(records: readonly unknown[], name = 'atoms.json'): StreamSource {
  return textFile(JSON.stringify(records), name);
}

export function textFile(text: string | Buffer, name = 'atoms.json', pieceBytes = 4096): StreamSource {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let start = 0; start < bytes.length; start += pieceBytes)
      yield bytes.subarray(start, start + pieceBytes);
  }
  return { name, stream: pieces() };
}

/** The records of a source, or the text of its error. */
export async function readOrRefusal(source: StreamSource): Promise<ReadAtom[] | string> {
  const found: ReadAtom[] = [];
  try {
    for await (const each of readAtoms(source)) found.push(each);
    return found;
  } catch (error) {
    if (!(error instanceof UnreadableSourceError)) throw error;
    return error.message;
  }
}

/** A clock that a test sets, and versions named by it. */
function simulatedTime(startMs = Date.UTC(2026, 0, 31, 12)) {
  let nowMs = startMs;
  let names = 0;
  const clock = { wallMs: () => nowMs };
  return {
    clock,
    advance: (ms: number) => void (nowMs += ms),
    newVersion: createVersionNames({ ...clock, randomHex: () => String(++names).padStart(8, '0') }),
  };
}

export type Time = ReturnType<typeof simulatedTime>;

/** A knowledge base of its own in a real table. */
export async function freshKnowledge(fixture: StoreFixture) {
  const table = await fixture.freshTable();
  const store = new DynamoKnowledgeStore(table);
  const time = simulatedTime();
  const env = { store, engine: bm25Engine, clock: time.clock, newVersion: time.newVersion };
  const importRecords = (
    records: readonly unknown[],
    options: Partial<ImportOptions> = {},
  ): Promise<ImportReport> => importAtoms({ ...env, source: fileOf(records), mode: 'merge', ...options });
  return { ...table, ...env, env, time, importRecords };
}

/** The atoms that a reader who comes now can get. @throws where any part of them is missing */
export async function liveAtoms(store: KnowledgeStore): Promise<Map<string, string>> {
  const atoms = new Map<string, string>();
  for await (const atom of exportAtoms({ store })) atoms.set(atom.atom_id, atom.content);
  return atoms;
}
