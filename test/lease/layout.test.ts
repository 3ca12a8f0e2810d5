import { describe, expect, it } from 'vitest';
import { LayoutReader } from '../../functions/lease/layout-reader.ts';
import type { LeaseStore } from '../../functions/lease/lease-store.ts';
import {
  UnknownMappingError,
  assertPartitionCount,
  leaseName,
  MAPPING_VERSION,
  partitionOf,
} from '../../functions/lease/layout.ts';

const partitionsOf = (orderingKey: number): number[] =>
  [1, 2, 4, 7, 100].map((partitions) =>
    partitionOf(orderingKey, { epoch: 1, partitions, mapping: MAPPING_VERSION }),
  );

describe('the mapping of chats to partitions', () => {
  it('never changes under one mapping version: two versions of the bot that cut differently would both be right', () => {
    expect(MAPPING_VERSION).toBe(1);
    const vectors: Record<string, number[]> = {
      '1': [0, 0, 0, 2, 44],
      '2': [0, 1, 1, 3, 1],
      '0': [0, 1, 3, 0, 63],
      '-5': [0, 1, 3, 1, 79],
      '123456789': [0, 0, 0, 1, 56],
      '-1001234567890': [0, 0, 2, 2, 74],
    };
    for (const [key, expected] of Object.entries(vectors)) {
      expect({ key, partitions: partitionsOf(Number(key)) }).toStrictEqual({ key, partitions: expected });
    }
  });

  it('knows nothing of the epoch, so that a rollback puts every chat back where it was', () => {
    const layouts = [1, 2, 77].map((epoch) => ({ epoch, partitions: 8, mapping: 1 }));
    for (const chat of [1, -100, 55_555]) {
      expect(new Set(layouts.map((layout) => partitionOf(chat, layout))).size).toBe(1);
    }
  });

  it('spreads chats evenly enough', () => {
    for (const partitions of [2, 3, 8, 10]) {
      const counts = new Array<number>(partitions).fill(0);
      for (let chat = 1; chat <= 10_000; chat += 1) {
        const partition = partitionOf(chat * 7_919, { epoch: 1, partitions, mapping: 1 });
        counts[partition] = (counts[partition] ?? 0) + 1;
      }
      const fair = 10_000 / partitions;
      for (const count of counts) {
        expect(count).toBeGreaterThan(fair * 0.8);
        expect(count).toBeLessThan(fair * 1.2);
      }
    }
  });
});

describe('a layout', () => {
  it('has from 1 to 100 partitions, and says so', () => {
    for (const fine of [1, 2, 100]) expect(() => assertPartitionCount(fine)).not.toThrow();
    for (const wrong of [0, -1, 101, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => assertPartitionCount(wrong)).toThrow(`from 1 to 100, got ${wrong}`);
    }
  });

  it('gives each lease a name of its own', () => {
    const names = [
      { epoch: 1, partition: 11 },
      { epoch: 11, partition: 1 },
      { epoch: 1, partition: 1 },
    ].map(leaseName);
    expect(new Set(names).size).toBe(3);
  });
});

describe('a layout that was written', () => {
  const reader = (mapping: number): LayoutReader =>
    new LayoutReader({ readLayout: async () => ({ epoch: 1, partitions: 2, mapping }) } as LeaseStore);

  it('is used where this version cuts chats the same way', async () => {
    expect(await reader(MAPPING_VERSION).current()).toMatchObject({ partitions: 2 });
  });

  it('is refused where an older or a newer version cuts them otherwise', async () => {
    for (const mapping of [MAPPING_VERSION - 1, MAPPING_VERSION + 1])
      await expect(reader(mapping).current()).rejects.toThrow(UnknownMappingError);
  });
});
