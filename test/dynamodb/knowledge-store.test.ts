import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import type { Atom } from '../../functions/knowledge/atom.ts';
import type { Pointer, StoredAtom } from '../../functions/knowledge/store.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore, localClient } from '../fixtures/dynamodb-endpoints.ts';

function stored(id: string, version: string, content = 'text'): StoredAtom {
  const atom: Atom = {
    atom_id: id,
    atom_type: 'concept',
    title: id,
    summary: '',
    content,
    manufacturer: 'siemens',
    prerequisites: [],
    related_atoms: [],
    source_pages: [1, '2-3'],
    safety_level: 'info',
    keywords: [],
  };
  return { id, version, atom };
}

function pointer(version: string, revision = 1): Pointer {
  const part = { chunks: 1, sha256: 'x' };
  return { revision, current: { version, publishedAtMs: 1, atoms: 1, contents: part, index: part } };
}

const all = async <Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> => {
  const found: Entry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
};

type Answer = Record<string, unknown>;
type Meddle = (
  operation: string,
  request: Answer,
) => { request: Answer; change: (answer: Answer) => Answer } | 'cut';

describeOnEveryStore('the knowledge store', (fixture) => {
  let proxy: Server | undefined;
  let pauses: number[] = [];
  afterEach(() => {
    pauses = [];
    proxy?.closeAllConnections();
    proxy?.close();
    proxy = undefined;
  });

  async function freshStore() {
    const table = await fixture.freshTable();
    return { ...table, store: new DynamoKnowledgeStore(table) };
  }

  /** The same table through a store that is as busy, or as unlucky, as `meddle` says. */
  async function meddled(tableName: string, meddle: Meddle) {
    proxy = createServer((incoming, outgoing) => {
      void (async () => {
        const operation = String(incoming.headers['x-amz-target']).split('.')[1]!;
        const meddling = meddle(operation, JSON.parse(await text(incoming)) as Answer);
        if (meddling === 'cut') return outgoing.destroy();
        const answer = await fetch(fixture.endpoint(), {
          method: 'POST',
          headers: headersOf(incoming),
          body: JSON.stringify(meddling.request),
        });
        const body = meddling.change((await answer.json()) as Answer);
        outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
        outgoing.end(JSON.stringify(body));
      })();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const client = localClient(`http://127.0.0.1:${port}`);
    const pause = async (delayMs: number) => void pauses.push(delayMs);
    return new DynamoKnowledgeStore({ client, tableName, pause });
  }

  it('writes, reads and deletes items of several versions of an atom apart', async () => {
    const { store } = await freshStore();
    const items = [stored('a', 'v1', 'one'), stored('a', 'v2', 'two'), stored('b', 'v1')];
    items[2]!.atom.extra = { deep: { 'any.name': [1e300] } };
    await store.writeAtoms(items);
    const refs = [
      { id: 'b', version: 'v1' },
      { id: 'a', version: 'v3' },
      { id: 'a', version: 'v2' },
      { id: 'a', version: 'v1' },
      { id: 'b', version: 'v1' },
    ];
    const read = await store.readAtoms(refs);
    expect(read).toStrictEqual([items[2]!.atom, undefined, items[1]!.atom, items[0]!.atom, items[2]!.atom]);
    await store.deleteAtoms([refs[3]!, refs[1]!]);
    expect(await store.readAtoms([refs[3]!, refs[2]!])).toEqual([undefined, items[1]!.atom]);
    expect(await store.readAtoms([])).toEqual([]);
  });

  it('reads everything in one order, whatever order it was written in and however many pages it takes', async () => {
    const { store } = await freshStore();
    const items = Array.from({ length: 60 }, (_, i) => stored(`id ${i}`, `v${i % 2}`, 'x'.repeat(100_000)));
    await store.writeAtoms([...items].reverse());
    const scanned = await all(store.scanAtoms());
    const names = items.map(({ id, version }) => `ATOM#${id}#${version}`).sort();
    expect(scanned.map(({ id, version }) => `ATOM#${id}#${version}`)).toEqual(names);
    expect(await all(store.scanRefs())).toEqual(scanned.map(({ id, version }) => ({ id, version })));
  });

  it('moves the pointer for one of two who expect the same version', async () => {
    const { store } = await freshStore();
    expect(await store.readPointer({ consistent: true })).toBeUndefined();
    const first = await Promise.all(
      ['a', 'b'].map((version) => store.movePointer(pointer(version), undefined)),
    );
    expect(first.filter(Boolean)).toHaveLength(1);
    const winner = first[0] ? 'a' : 'b';
    const next = await Promise.all(
      ['c', 'd'].map((version) => store.movePointer(pointer(version, 2), winner)),
    );
    expect(next.filter(Boolean)).toHaveLength(1);
    expect(await store.movePointer(pointer('e', 3), winner)).toBe(false);
    expect(await store.readPointer({ consistent: true })).toEqual(pointer(next[0] ? 'c' : 'd', 2));
  });

  it('knows its own move of the pointer again when the answer to it was lost', async () => {
    const { tableName, store } = await freshStore();
    let cuts = 0;
    const unlucky = await meddled(tableName, (operation, request) => ({
      request,
      change: (answer) => {
        if (operation === 'PutItem' && cuts++ === 0) proxy!.closeAllConnections();
        return answer;
      },
    }));
    expect(await unlucky.movePointer(pointer('a'), undefined)).toBe(true);
    expect(cuts).toBe(2);
    expect(await store.readPointer({ consistent: true })).toEqual(pointer('a'));
  });

  it('keeps chunks of a snapshot as they were, and says which are missing', async () => {
    const { store } = await freshStore();
    const chunks = Array.from({ length: 11 }, (_, i) => new Uint8Array(i === 0 ? 380_000 : 10).fill(i));
    const done: number[] = [];
    await store.writeSnapshot('v1', chunks, (number) => done.push(number));
    expect(done).toEqual(chunks.map((_, i) => i + 1));
    const read = await store.readSnapshot('v1', 0, 12);
    expect(read.map((chunk) => chunk && Buffer.from(chunk).toString('hex'))).toEqual([
      ...chunks.map((chunk) => Buffer.from(chunk).toString('hex')),
      undefined,
    ]);
    expect((await store.readSnapshot('v1', 9, 2)).map((chunk) => chunk?.[0])).toEqual([9, 10]);
    await store.writeSnapshot('v2', [new Uint8Array(1)]);
    expect(await store.listSnapshots()).toEqual([
      { version: 'v1', chunks: 11 },
      { version: 'v2', chunks: 1 },
    ]);
    await store.deleteSnapshot({ version: 'v1', chunks: 11 });
    expect(await store.listSnapshots()).toEqual([{ version: 'v2', chunks: 1 }]);
    expect(await store.readSnapshot('v1', 0, 2)).toEqual([undefined, undefined]);
  });

  it('sends again what a busy store left unprocessed, until everything is written and read', async () => {
    const { tableName, store } = await freshStore();
    const requests: Record<string, number> = {};
    const busy = await meddled(tableName, (operation, request) => {
      requests[operation] = (requests[operation] ?? 0) + 1;
      const items = request.RequestItems as Record<string, unknown> | undefined;
      if (items === undefined) return { request, change: (answer) => answer };
      return operation === 'BatchWriteItem' ? busyWrite(tableName, items) : busyRead(tableName, items);
    });
    const items = Array.from({ length: 30 }, (_, i) => stored(`id ${i}`, 'v'));
    await busy.writeAtoms(items);
    const read = await busy.readAtoms(items);
    expect(read).toEqual(items.map(({ atom }) => atom));
    expect(await all(store.scanRefs())).toHaveLength(30);
    expect(requests.BatchWriteItem).toBe(5);
    expect(requests.BatchGetItem).toBe(3);
  });

  it('finds an item just written that a replica does not have yet', async () => {
    const { tableName, store } = await freshStore();
    const [old, fresh] = [stored('old', 'v'), stored('fresh', 'v')];
    await store.writeAtoms([old, fresh]);
    const asked: unknown[] = [];
    const lagging = await meddled(tableName, (_operation, request) => {
      const { Keys, ConsistentRead } = (request.RequestItems as Record<string, Answer>)[tableName]!;
      const ids = (Keys as { sk: { S: string } }[]).map(({ sk }) => sk.S);
      asked.push({ ids, ConsistentRead });
      const isLate = (item: { sk: { S: string } }) => ConsistentRead || !item.sk.S.includes('fresh');
      const change = (answer: Answer) => ({
        ...answer,
        Responses: {
          [tableName]: (answer.Responses as Record<string, { sk: { S: string } }[]>)[tableName]!.filter(
            isLate,
          ),
        },
      });
      return { request, change };
    });
    expect(await lagging.readAtoms([old, fresh])).toEqual([old.atom, fresh.atom]);
    expect(asked).toEqual([
      { ids: ['ATOM#old#v', 'ATOM#fresh#v'], ConsistentRead: false },
      { ids: ['ATOM#fresh#v'], ConsistentRead: true },
    ]);
  });

  it('gives up on a store that processes nothing', async () => {
    const { tableName } = await freshStore();
    const stuck = await meddled(tableName, (_operation, request) => ({
      request,
      change: () => ({ UnprocessedItems: request.RequestItems }),
    }));
    await expect(stuck.writeAtoms([stored('a', 'v')])).rejects.toThrow('unprocessed 12 times');
    expect(pauses).toHaveLength(11);
    for (const [at, pause] of pauses.entries())
      expect(pause).toBeLessThanOrEqual(Math.min(2000, 50 * 2 ** at));
  });

  it('lets the event loop turn between the atoms of a page, however long each is worked at', async () => {
    const { store } = await freshStore();
    await store.writeAtoms(Array.from({ length: 40 }, (_, i) => stored(`a${i}`, 'v')));
    let worked = 0;
    let workedAtTurn = Infinity;
    for await (const _item of store.scanAtoms()) {
      if (worked === 0) setImmediate(() => (workedAtTurn = worked));
      for (const until = performance.now() + 5; performance.now() < until;);
      worked += 1;
    }
    expect(worked).toBe(40);
    expect(workedAtTurn).toBeLessThan(20);
  });

  it('says that a store which cuts every connection is unavailable', async () => {
    const { tableName } = await freshStore();
    const gone = await meddled(tableName, () => 'cut');
    const ref = { id: 'a', version: 'v' };
    const calls = [
      () => gone.readPointer({ consistent: false }),
      () => gone.movePointer(pointer('a'), undefined),
      () => gone.writeAtoms([stored('a', 'v')]),
      () => gone.readAtoms([ref]),
      () => all(gone.scanAtoms()),
      () => gone.deleteAtoms([ref]),
      () => gone.writeSnapshot('v', []),
      () => gone.readSnapshot('v', 0, 1),
      () => gone.listSnapshots(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(StoreUnavailableError);
  });
});

/** Takes the first seven of a batch. */
function busyWrite(tableName: string, items: Record<string, unknown>): Exclude<ReturnType<Meddle>, 'cut'> {
  const batch = items[tableName] as unknown[];
  return {
    request: { RequestItems: { [tableName]: batch.slice(0, 7) } },
    change: (answer) =>
      batch.length <= 7 ? answer : { ...answer, UnprocessedItems: { [tableName]: batch.slice(7) } },
  };
}

/** Answers for the first eleven keys. */
function busyRead(tableName: string, items: Record<string, unknown>): Exclude<ReturnType<Meddle>, 'cut'> {
  const { Keys, ...how } = items[tableName] as { Keys: unknown[] };
  return {
    request: { RequestItems: { [tableName]: { ...how, Keys: Keys.slice(0, 11) } } },
    change: (answer) =>
      Keys.length <= 11
        ? answer
        : { ...answer, UnprocessedKeys: { [tableName]: { ...how, Keys: Keys.slice(11) } } },
  };
}

async function text(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** The emulators do not verify signatures, so a changed body passes. */
function headersOf(incoming: IncomingMessage): Record<string, string> {
  const kept = ['x-amz-target', 'authorization', 'x-amz-date', 'content-type'];
  return Object.fromEntries(kept.map((name) => [name, String(incoming.headers[name])]));
}
