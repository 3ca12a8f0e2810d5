import { describe, expect, it } from 'vitest';
import { AtomWriter } from '../../functions/knowledge/atom-writer.ts';
import { readAtoms } from '../../functions/knowledge/read-atoms.ts';
import { parseAtom } from '../../functions/knowledge/parse-atom.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { manyAtoms } from '../fixtures/many-atoms.ts';
import { DynamoKnowledgeStore } from '../../functions/dynamodb/knowledge-store.ts';
import { record } from './knowledge-setup.ts';

describe('an import of any size', () => {
  it('asks for more of its source only when it has dealt with what it got', async () => {
    let pulled = 0;
    async function* chunks() {
      yield '[';
      for (const atom of manyAtoms(500)) {
        pulled += 1;
        yield `${pulled > 1 ? ',' : ''}${JSON.stringify(atom)}`;
      }
      yield ']';
    }
    let read = 0;
    for await (const { atom } of readAtoms({ name: 'stream', stream: chunks() })) {
      expect(atom).toBeDefined();
      read += 1;
      // The first few kilobytes tell what the file is.
      expect(pulled - read).toBeLessThanOrEqual(read < 30 ? 30 : 1);
    }
    expect(read).toBe(500);
  });

  it('closes its source when it stops in the middle', async () => {
    let closed = false;
    async function* chunks() {
      try {
        for (;;) yield `${JSON.stringify(record('a'))}\n`;
      } finally {
        closed = true;
      }
    }
    for await (const { position } of readAtoms({ name: 'stream', stream: chunks() })) {
      if (position.index === 3) break;
    }
    expect(closed).toBe(true);
  });

  it('holds no more than a few batches while the store is slow, and tells when a write has failed', async () => {
    const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const writeAtoms = () => new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject }));
    const writer = new AtomWriter({ writeAtoms });
    const { atom } = parseAtom(record('a'));
    let taken = 0;
    const failure = new Error('disk full');
    const written = (async () => {
      for (let i = 0; i < 1000; i++) {
        await writer.add({ id: `n${i}`, version: 'v', atom: atom! });
        taken += 1;
      }
    })();
    const outcome = written.catch((error: unknown) => error);
    await settled();
    expect(taken).toBeLessThan(125);
    for (const { resolve } of waiting.splice(0)) resolve();
    await settled();
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThan(225);
    waiting[0]!.reject(failure);
    for (const { resolve } of waiting) resolve();
    expect(await outcome).toBe(failure);
  });

  it('writes large atoms in small batches', async () => {
    const batches: number[] = [];
    const writer = new AtomWriter({ writeAtoms: async (items) => void batches.push(items.length) });
    const { atom } = parseAtom(record('a', { content: 'x'.repeat(300_000) }));
    for (let i = 0; i < 10; i++) await writer.add({ id: `n${i}`, version: 'v', atom: atom! });
    await writer.finish();
    expect(batches).toEqual([2, 2, 2, 2, 2]);
  });
});

describeOnEveryStore('a full read', (fixture) => {
  it('is never more than a page ahead of its reader in each shard', async () => {
    const { client, tableName } = await fixture.freshTable();
    const store = new DynamoKnowledgeStore({ client, tableName });
    const { atom } = parseAtom(record('a', { content: 'x'.repeat(200_000) }));
    const items = Array.from({ length: 100 }, (_, i) => ({
      id: `n${i}`,
      version: 'v',
      atom: { ...atom!, atom_id: `n${i}` },
    }));
    await store.writeAtoms(items);
    let queries = 0;
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === 'QueryCommand') queries += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    let read = 0;
    for await (const { id } of store.scanAtoms()) {
      expect(id).toMatch(/^n/);
      read += 1;
      // A page holds at least three of these atoms.
      expect(queries).toBeLessThanOrEqual(16 + read / 3);
    }
    expect(read).toBe(100);
    expect(queries).toBeGreaterThan(16);
  });
});

/** Lets everything that waits for nothing but promises run. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
