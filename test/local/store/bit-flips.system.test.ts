import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectLevelFiles } from '../../../functions/local/store/level-files.ts';
import { seededRandom } from '../../fixtures/random.ts';
import { byKey, byQuery, byScan, contentsOf, contentsOfOpen, countingFiles, flipBit } from './bit-flips.ts';

const TABLE = 'flips';

/** Single bits; the README names a run with more of them. */
const FLIPS = Number(process.env['BIT_FLIPS'] ?? 24);
/** Each costs a read of every item. */
const OPEN_FLIPS = process.env['BIT_FLIPS'] === undefined ? 4 : FLIPS / 2;

/** Fills a store in a process of its own, which ends cleanly or is killed with everything in the log. */
const WRITER = `
  const [, folder, end] = process.argv;
  const prose = (seed) => {
    const random = seededRandom(seed);
    return Array.from({ length: 30 }, () => Math.floor(random() * 1e6).toString(36)).join(' ');
  };
  const url = (path) => new URL(path, ${JSON.stringify(import.meta.url)}).href;
  const { seededRandom } = await import(url('../../fixtures/random.ts'));
  const { EmbeddedStore } = await import(url('../../../functions/local/store/embedded-store.ts'));
  const { clientOfEmbeddedStore } = await import(url('../../../functions/local/store/embedded-client.ts'));
  const { createTableIfMissing } = await import(url('../../../functions/dynamodb/table.ts'));
  const { BatchWriteCommand } = await import('@aws-sdk/lib-dynamodb');
  const store = new EmbeddedStore({ folder, create: true });
  const client = clientOfEmbeddedStore(store);
  await createTableIfMissing(client, '${TABLE}');
  for (let page = 0; page < 8; page += 1) {
    const puts = Array.from({ length: 25 }, (_, at) => ({
      PutRequest: { Item: { pk: 'p' + page, sk: 's' + at, fencing_token: at, text: prose(page * 25 + at) } },
    }));
    await client.send(new BatchWriteCommand({ RequestItems: { '${TABLE}': puts } }));
  }
  if (end === 'killed') process.kill(process.pid, 'SIGKILL');
  await store.close();
  process.exit(0);`;

describe('one bit that changed in the files of a store', () => {
  const root = mkdtempSync(join(tmpdir(), 'bit-flips-'));
  afterAll(() => rmSync(root, { recursive: true }));
  beforeAll(async () => {
    for (const end of ['closed', 'killed']) {
      const args = ['--import', 'tsx', '--input-type=module', '-e', WRITER, '--', join(root, end), end];
      const child = spawn(process.execPath, args, { stdio: 'inherit' });
      await once(child, 'exit');
    }
  });

  it.each(['closed', 'killed'])(
    'is never believed: a store that was %s',
    async (end) => {
      const random = seededRandom(end === 'closed' ? 7 : 8);
      const truth = await (async () => {
        const copy = join(root, 'truth');
        cpSync(join(root, end), copy, { recursive: true });
        const contents = await contentsOf(copy, TABLE);
        rmSync(copy, { recursive: true });
        return contents!;
      })();
      expect(truth.length).toBeGreaterThan(20_000);
      const tally = { refused: 0, same: 0, wrong: [] as string[] };
      for (let flip = 0; flip < FLIPS / 2; flip += 1) {
        const copy = join(root, `${end}-copy`);
        cpSync(join(root, end), copy, { recursive: true });
        const files = countingFiles(join(copy, 'store'));
        const file = files[flip % files.length]!;
        const bit = Math.floor(random() * statSync(file).size * 8);
        flipBit(file, bit);
        const found = await contentsOf(copy, TABLE);
        if (found === undefined) tally.refused += 1;
        else if (found === truth) tally.same += 1;
        else tally.wrong.push(`${basename(file)} bit ${bit}`);
        rmSync(copy, { recursive: true });
      }
      if (process.env['BIT_FLIPS'] !== undefined) console.log(end, JSON.stringify(tally));
      expect(tally.wrong).toEqual([]);
      expect(tally.refused).toBeGreaterThan(tally.same);
    },
    30_000 + 4_000 * FLIPS,
  );

  it.each([
    { how: 'one by one', asking: byKey, seed: 9 },
    { how: 'by Scan', asking: byScan, seed: 10 },
    { how: 'by Query', asking: byQuery, seed: 11 },
  ])(
    'is never believed behind a store that is open and read $how',
    async ({ how, asking, seed }) => {
      const random = seededRandom(seed);
      const truth = (await contentsOf(join(root, 'closed'), TABLE))!;
      const keys = (JSON.parse(truth) as { pk: string; sk: string }[]).map(({ pk, sk }) => ({ pk, sk }));
      const tally = { refused: 0, same: 0, wrong: [] as string[] };
      for (let flip = 0; flip < OPEN_FLIPS; flip += 1) {
        const copy = join(root, 'open-copy');
        cpSync(join(root, 'closed'), copy, { recursive: true });
        const tables = countingFiles(join(copy, 'store')).filter((path) => path.endsWith('.ldb'));
        const file = tables[flip % tables.length]!;
        const bit = Math.floor(random() * statSync(file).size * 8);
        const found = await contentsOfOpen(copy, TABLE, { asking, keys, happened: () => flipBit(file, bit) });
        if (found === undefined) tally.refused += 1;
        else if (found === truth) tally.same += 1;
        else tally.wrong.push(`${basename(file)} bit ${bit}`);
        rmSync(copy, { recursive: true });
      }
      if (process.env['BIT_FLIPS'] !== undefined) console.log('open,', how, JSON.stringify(tally));
      expect(tally.wrong).toEqual([]);
      expect(tally.refused).toBeGreaterThan(tally.same);
    },
    30_000 + 4_000 * FLIPS,
  );

  it('is found wherever it is in a table: in each block, its packing, its checksum and the index', () => {
    const folder = join(root, 'closed', 'store');
    const table = countingFiles(folder).find((path) => path.endsWith('.ldb'))!;
    const bits = statSync(table).size * 8;
    // The footer has room that nobody reads.
    const footer = bits - 48 * 8;
    for (let bit = 0; bit < footer; bit += Math.ceil(footer / 300)) {
      flipBit(table, bit);
      expect([bit, inspectLevelFiles(folder, { wasUsed: true })]).toEqual([
        bit,
        { damage: expect.stringContaining(`its file ${basename(table)} is damaged: `) as string },
      ]);
      flipBit(table, bit);
    }
    expect(inspectLevelFiles(folder, { wasUsed: true })).toBe('whole');
  });

  it('is found in the length of the last record of a log, which would otherwise look cut off', () => {
    const folder = join(root, 'killed', 'store');
    const log = countingFiles(folder).find((path) => path.endsWith('.log'))!;
    const lastBlock = Math.floor(statSync(log).size / 32_768) * 32_768;
    for (let bit = (lastBlock + 4) * 8; bit < (lastBlock + 6) * 8; bit += 1) {
      flipBit(log, bit);
      expect([bit, inspectLevelFiles(folder, { wasUsed: true })]).not.toEqual([bit, 'whole']);
      flipBit(log, bit);
    }
  });
});
