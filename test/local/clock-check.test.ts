import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { assertClock, ClockError, isOff, storeClockOffset } from '../../functions/local/clock-check.ts';
import { describeOnEveryStore, localClient } from '../fixtures/dynamodb-endpoints.ts';
import { movedClock } from '../fixtures/moved-clock.ts';

describeOnEveryStore('the clock check', (store) => {
  const seen = async <T>(
    moved: { byMs: number; delayMs?: number },
    look: (client: DynamoDBDocumentClient, tableName: string) => Promise<T>,
  ): Promise<T> => {
    const { tableName } = await store.freshTable();
    const { endpoint, close } = await movedClock(store.endpoint(), moved.byMs, moved);
    const client = localClient(endpoint);
    try {
      return await look(client, tableName);
    } finally {
      client.destroy();
      await close();
    }
  };

  it('bears what consumers bear, and refuses what they do not, either way', async () => {
    const check = (byMs: number) => seen({ byMs }, (client, name) => assertClock(client, name, 500));
    await check(0);
    for (const byMs of [5_000, -5_000]) await expect(check(byMs)).rejects.toBeInstanceOf(ClockError);
  });

  it('is the less certain the longer the answer took', async () => {
    const offset = await seen({ byMs: 0, delayMs: 400 }, storeClockOffset);
    expect(offset?.uncertaintyMs).toBeGreaterThanOrEqual(500 + 200 - 1);
    expect(Math.abs(offset?.offsetMs ?? Infinity)).toBeLessThanOrEqual(offset?.uncertaintyMs ?? 0);
  });
});

describe('a clock offset', () => {
  it('says that a clock is off only where it certainly is', () => {
    expect(isOff({ offsetMs: 2_000, uncertaintyMs: 600 }, 1_000)).toBe(true);
    expect(isOff({ offsetMs: -2_000, uncertaintyMs: 600 }, 1_000)).toBe(true);
    expect(isOff({ offsetMs: 2_000, uncertaintyMs: 1_000 }, 1_000)).toBe(false);
  });
});
