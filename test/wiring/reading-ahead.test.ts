import { beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgeVersion } from '../../functions/knowledge/port.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { ReadingAhead } from '../../functions/wiring/reading-ahead.ts';
import { TestClock } from '../fixtures/test-clock.ts';

const delivery = { update: { update_id: 1 }, orderingKey: 5, deadlineMs: 12_000 };

describe('reading the live version ahead', () => {
  let clock: TestClock;
  /** The answers of the table, one after the other. */
  let answers: (() => Promise<KnowledgeVersion | undefined>)[];
  let reads: number;
  let ahead: ReadingAhead;
  const version = (name: string): KnowledgeVersion => ({ version: name }) as KnowledgeVersion;
  const deliver = async (handle: () => Promise<unknown>): Promise<unknown> => {
    let seen: unknown;
    const consumer = {
      consume: async () => {
        seen = await handle();
        return { kind: 'done' } as const;
      },
    };
    await ahead.before(consumer).consume(delivery);
    return seen;
  };
  beforeEach(() => {
    clock = new TestClock();
    answers = [];
    reads = 0;
    const current = async (): Promise<KnowledgeVersion | undefined> => {
      reads += 1;
      return answers.shift()!();
    };
    ahead = new ReadingAhead({ current }, clock);
  });

  it('serves one handler with a reading, and reads anew for the next', async () => {
    answers = [async () => version('a'), async () => version('b')];
    const seen = await deliver(async () => [await ahead.current(), await ahead.current()]);
    expect(seen).toEqual([version('a'), version('b')]);
  });

  it('serves the handler with what was begun before the consumer', async () => {
    answers = [async () => version('a')];
    const seen = deliver(async () => {
      expect(reads).toBe(1);
      return ahead.current();
    });
    expect(await seen).toEqual(version('a'));
    expect(reads).toBe(1);
  });

  it('serves each update with a reading of its own', async () => {
    answers = [async () => version('a'), async () => version('b')];
    expect(await deliver(async () => 'a duplicate')).toBe('a duplicate');
    expect(await deliver(() => ahead.current())).toEqual(version('b'));
  });

  it('reads anew what failed, and what is old because the lease was waited for', async () => {
    const failed = async (): Promise<never> => {
      throw new StoreUnavailableError('down');
    };
    answers = [failed, async () => version('a')];
    expect(await deliver(() => ahead.current())).toEqual(version('a'));
    answers = [async () => version('old'), async () => version('new')];
    const late = async (): Promise<unknown> => {
      clock.advance(2_001);
      return ahead.current();
    };
    expect(await deliver(late)).toEqual(version('new'));
  });

  it('ends with the delivery, needed or not, and at its deadline at the latest', async () => {
    let answer = (_: undefined): void => {};
    let isOver = false;
    answers = [() => new Promise((resolve) => (answer = resolve)), () => new Promise(() => {})];
    const delivered = deliver(async () => {}).then(() => (isOver = true));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(isOver).toBe(false);
    answer(undefined);
    await delivered;

    const hanging = deliver(async () => {});
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    clock.advance(delivery.deadlineMs);
    await hanging;
  });
});
