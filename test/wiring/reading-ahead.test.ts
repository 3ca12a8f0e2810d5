import { beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgeVersion } from '../../functions/knowledge/port.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { type ReadAhead, readingAhead } from '../../functions/wiring/reading-ahead.ts';
import { TestClock } from '../fixtures/test-clock.ts';

const delivery = { update: { update_id: 1 }, orderingKey: 5, deadlineMs: 12_000 };

describe('reading ahead', () => {
  let clock: TestClock;
  /** The answers of the table, one after the other. */
  let answers: (() => Promise<KnowledgeVersion | undefined>)[];
  let reads: number;
  let chosen: Map<number, string>;
  let languageReads: number[];
  let ahead: ReadAhead;
  const version = (name: string): KnowledgeVersion => ({ version: name }) as KnowledgeVersion;
  const deliver = async (handle: () => Promise<unknown>, update: object = {}): Promise<unknown> => {
    let seen: unknown;
    const consumer = {
      consume: async () => {
        seen = await handle();
        return { kind: 'done' } as const;
      },
    };
    await ahead.before(consumer).consume({ ...delivery, update: { ...delivery.update, ...update } });
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
    chosen = new Map();
    languageReads = [];
    const chosenBy = async (userId: number): Promise<string | undefined> => {
      languageReads.push(userId);
      return chosen.get(userId);
    };
    ahead = readingAhead({ knowledge: { current }, languages: { chosenBy, choose: async () => {} } }, clock);
  });

  it('serves one handler with a reading, and reads anew for the next', async () => {
    answers = [async () => version('a'), async () => version('b')];
    const seen = await deliver(async () => [
      await ahead.reads.knowledge.current(),
      await ahead.reads.knowledge.current(),
    ]);
    expect(seen).toEqual([version('a'), version('b')]);
  });

  it('serves the handler with what was begun before the consumer', async () => {
    answers = [async () => version('a')];
    const seen = deliver(async () => {
      expect(reads).toBe(1);
      return ahead.reads.knowledge.current();
    });
    expect(await seen).toEqual(version('a'));
    expect(reads).toBe(1);
  });

  it('serves each update with a reading of its own', async () => {
    answers = [async () => version('a'), async () => version('b')];
    expect(await deliver(async () => 'a duplicate')).toBe('a duplicate');
    expect(await deliver(() => ahead.reads.knowledge.current())).toEqual(version('b'));
  });

  it('reads anew what failed, and what is old because the lease was waited for', async () => {
    const failed = async (): Promise<never> => {
      throw new StoreUnavailableError('down');
    };
    answers = [failed, async () => version('a')];
    expect(await deliver(() => ahead.reads.knowledge.current())).toEqual(version('a'));
    answers = [async () => version('old'), async () => version('new')];
    const late = async (): Promise<unknown> => {
      clock.advance(2_001);
      return ahead.reads.knowledge.current();
    };
    expect(await deliver(late)).toEqual(version('new'));
  });

  it('finds the language of the person who asks, read once for an update, and none for a chat or a bot', async () => {
    const live = async (): Promise<KnowledgeVersion> => version('a');
    answers = Array.from({ length: 8 }, () => live);
    chosen.set(5, 'de');
    const from = { id: 5, is_bot: false };
    for (const update of [{ message: { from } }, { callback_query: { from } }, { inline_query: { from } }]) {
      languageReads = [];
      expect(await deliver(async () => ahead.reads.languages.chosenBy(5), update)).toBe('de');
      expect(languageReads).toEqual([5]);
    }
    languageReads = [];
    const chat = { sender_chat: { id: -1 }, from };
    for (const update of [{ message: chat }, { message: { from: { id: 5, is_bot: true } } }])
      await deliver(async () => {}, update);
    for (const update of [{ message: null }, { message: { from: null } }, { message: { from: { id: 'x' } } }])
      await deliver(async () => {}, update);
    expect(languageReads).toEqual([]);
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
