import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keys } from '../../functions/dynamodb/keys.ts';
import { createKnowledgeBase, type KnowledgeProblem } from '../../functions/knowledge/knowledge-base.ts';
import { describeOnOneStore } from '../fixtures/dynamodb-endpoints.ts';
import { freshKnowledge, record } from './knowledge-setup.ts';
import { propertyRuns } from '../fixtures/property-runs.ts';

/** The damage to one stored chunk. */
const damage = fc.record({
  chunk: fc.constantFrom(0, 1, 2),
  how: fc.constantFrom('flip a bit', 'cut', 'append', 'empty', 'remove', 'replace', 'not bytes'),
  at: fc.nat(),
  noise: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

describeOnOneStore('a snapshot damaged at random', (fixture) => {
  it('never serves a wrong answer: the version before it does, or one built anew', async () => {
    const knowledge = await freshKnowledge(fixture);
    const { client, tableName, env, importRecords } = knowledge;
    await importRecords([record('before')]);
    const { version } = await importRecords([record('motor'), record('valve')]);
    const chunkKeys = [0, 1, 2].map((chunk) => keys.snapshotChunk(version!, chunk));
    const whole = await Promise.all(
      chunkKeys.map(async (Key) => (await client.send(new GetCommand({ TableName: tableName, Key }))).Item),
    );
    const put = (Item: Record<string, unknown>) =>
      client.send(new PutCommand({ TableName: tableName, Item }));
    const inflict = async ({ chunk, how, at, noise }: Damage): Promise<void> => {
      const Key = chunkKeys[chunk]!;
      const bytes = Buffer.from(whole[chunk]!['bytes'] as Uint8Array);
      if (how === 'remove') await client.send(new DeleteCommand({ TableName: tableName, Key }));
      else if (how === 'not bytes') await put({ ...Key, bytes: 'text' });
      else await put({ ...whole[chunk], bytes: damaged(bytes, how, at, noise) });
    };

    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
        for (const each of all) await inflict(each);
        const problems: KnowledgeProblem[] = [];
        const base = createKnowledgeBase({ ...env, onProblem: (problem) => problems.push(problem) });
        const current = await base.current();
        const ids = ['before', 'motor', 'valve'].map((slug) => `siemens:s7-1200:${slug}`);
        const present = (await current!.getMany(ids)).map(({ atom_id: id }) => id);
        const intact = problems.length === 0;
        if (!intact)
          expect(problems).toMatchObject([
            { version, serving: expect.stringMatching(/previous|rebuilt/) as string },
          ]);
        expect(present).toEqual(problems[0]?.serving === 'previous' ? ids.slice(0, 1) : ids);
        expect(current!.index.search('motor').total).toBe(problems[0]?.serving === 'previous' ? 0 : 1);
        for (const item of whole) await put(item!);
      }),
      propertyRuns(15),
    );
    expect((await createKnowledgeBase(env).current())?.version).toBe(version);
  });
});

function damaged(bytes: Buffer, how: Damage['how'], at: number, noise: Uint8Array): Buffer {
  const place = at % bytes.length;
  switch (how) {
    case 'flip a bit': {
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
      return bytes;
    }
    case 'cut':
      return bytes.subarray(0, place);
    case 'append':
      return Buffer.concat([bytes, noise]);
    case 'empty':
      return Buffer.alloc(0);
    default:
      return Buffer.from(noise);
  }
}
