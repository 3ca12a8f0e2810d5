import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ExpirySweep } from '../../../functions/local/store/expiry-sweep.ts';
import { openStore } from '../../../functions/local/store/open-store.ts';
import type { OpenedStore } from '../../../functions/local/store/opened-store.ts';

const NOW_S = 2_000_000_000;
const LONG_AGO = NOW_S - 3_600;

let dataFolder: string;
let store: OpenedStore;
beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'expiry-sweep-'));
  store = await openStore({ env: {}, tableName: 'sweep', dataFolder, ifMissing: 'create' });
});
afterEach(async () => {
  await store.close();
  rmSync(dataFolder, { recursive: true });
});

const sweepOf = (): ExpirySweep => new ExpirySweep({ ...store, mayRun: () => true });
const put = (pk: string, attributes: object): Promise<unknown> =>
  store.client.send(new PutCommand({ TableName: 'sweep', Item: { pk, sk: 's', ...attributes } }));
const kept = async (): Promise<string[]> => {
  const { Items = [] } = await store.client.send(new ScanCommand({ TableName: 'sweep' }));
  return Items.map(({ pk }) => String(pk)).sort();
};

it('deletes what has expired, and nothing else: no lease, nothing that counts still', async () => {
  await put('over', { expires_at: LONG_AGO });
  await put('just over', { expires_at: NOW_S - 5 });
  await put('to come', { expires_at: NOW_S + 5 });
  await put('LEASE#1', { fencing_token: 7, lease_until: LONG_AGO });
  await put('a text', { expires_at: 'never' });
  expect(await sweepOf().sweep(NOW_S * 1000)).toBe(1);
  expect(await kept()).toEqual(['LEASE#1', 'a text', 'just over', 'to come']);
});

it('keeps what was written again between the look and the deletion', async () => {
  await put('over', { expires_at: LONG_AGO });
  let isRenewed = false;
  store.client.middlewareStack.add(
    (next) => async (args) => {
      if (!isRenewed && args.input !== undefined && 'ConditionExpression' in args.input) {
        isRenewed = true;
        await put('over', { expires_at: NOW_S + 60 });
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  expect(await sweepOf().sweep(NOW_S * 1000)).toBe(0);
  expect([isRenewed, await kept()]).toEqual([true, ['over']]);
});

it('goes on from page to page, and begins again at the end', async () => {
  const write = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += 25) {
      const puts = Array.from({ length: 25 }, (_, each) => ({
        PutRequest: { Item: { pk: `p${at + each}`, sk: 's', expires_at: LONG_AGO } },
      }));
      await store.client.send(new BatchWriteCommand({ RequestItems: { sweep: puts } }));
    }
  };
  await write(0, 300);
  const sweep = sweepOf();
  expect(await sweep.sweep(NOW_S * 1000)).toBe(200);
  expect(await sweep.sweep(NOW_S * 1000)).toBe(100);
  expect(await kept()).toEqual([]);
  await put('later', { expires_at: LONG_AGO });
  expect(await sweep.sweep(NOW_S * 1000)).toBe(1);
});
