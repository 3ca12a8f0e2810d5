import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { ClockWatch } from '../../functions/local/clock-watch.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { movedClock } from '../fixtures/moved-clock.ts';
import { TestClock } from '../fixtures/test-clock.ts';

const HOUR_MS = 3_600_000;
const TICK_MS = 15_000;
const TABLE = 'clocked';

describe('a bot that runs over a table', () => {
  let dynamo: RunningEndpoint;
  beforeAll(async () => {
    dynamo = await fastEndpoint().start();
    const client = localClient(dynamo.endpoint);
    await createTableIfMissing(client, TABLE);
    client.destroy();
  });
  afterAll(() => dynamo.close());

  let storeIsAheadMs: number;
  let answers: number;
  let isSilent: boolean;
  let clock: TestClock;
  let lines: string[];
  let watch: ClockWatch;
  let close: () => Promise<void>;
  beforeEach(async () => {
    [storeIsAheadMs, answers, isSilent, lines, clock] = [0, 0, false, [], new TestClock()];
    const moved = await movedClock(dynamo.endpoint, () => {
      answers += 1;
      return storeIsAheadMs;
    });
    const client = localClient(moved.endpoint, { attempts: 1 });
    client.middlewareStack.add(
      (next) => async (args) => {
        if (isSilent) throw Object.assign(new Error('no network yet'), { code: 'ENETUNREACH' });
        return next(args);
      },
      { step: 'initialize', name: 'withoutNetwork' },
    );
    const store = { client, tableName: TABLE };
    watch = new ClockWatch({ store, maxClockSkewMs: 1_000, clock, say: (line) => lines.push(line) });
    watch.start();
    close = async () => {
      client.destroy();
      await moved.close();
    };
  });
  afterEach(async () => {
    await watch.stop();
    await close();
  });

  /** Lets ticks pass, each begun when the one before is over, until the time is over. */
  const pass = async (ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += TICK_MS) await tick();
  };
  const tick = async (): Promise<void> => {
    clock.advance(TICK_MS);
    // The next tick is waited for when the look that one began is over.
    while (clock.pendingTimers === 0) await turn();
  };

  it('looks at the clock each hour, and says nothing of one that is right', async () => {
    await pass(HOUR_MS - TICK_MS);
    expect(answers).toBe(0);
    await pass(HOUR_MS + TICK_MS);
    expect(answers).toBe(2);
    expect([lines, watch.reasons()]).toEqual([[], []]);
  });

  it('says that it drifted off, is degraded meanwhile, and says when it is right again', async () => {
    storeIsAheadMs = 12_000;
    await pass(HOUR_MS);
    expect(lines).toEqual([expect.stringMatching(/clock is about 1[12]\.\d s behind the store's.*NTP/)]);
    expect(watch.reasons()).toEqual([
      expect.stringMatching(
        /^this machine’s clock is off: about 1[12]\.\d s behind the store's, seen \d{4}-/,
      ),
    ]);
    await pass(60_000);
    expect([answers, lines.length]).toEqual([2, 1]);
    storeIsAheadMs = 0;
    await pass(60_000);
    expect(lines.slice(1)).toEqual(['✅ This machine’s clock agrees with the store’s again']);
    expect(watch.reasons()).toEqual([]);
  });

  it.each([
    ['a sleep of the machine, of which the monotonic clock knows nothing', () => clock.freeze(600_000)],
    ['a sleep of the machine, through which the monotonic clock went on', () => clock.advance(600_000)],
    ['a step of the clock back', () => clock.setWall(-5_000)],
    ['a step of the clock on', () => clock.setWall(5_000)],
  ])('looks at once after %s', async (_, happen) => {
    await tick();
    happen();
    await tick();
    expect(answers).toBe(1);
  });

  it('looks again with each tick until there is a network after a sleep', async () => {
    storeIsAheadMs = -30_000;
    isSilent = true;
    await tick();
    clock.freeze(8 * HOUR_MS);
    await pass(3 * TICK_MS);
    expect(lines).toEqual([]);
    isSilent = false;
    await tick();
    expect(lines).toEqual([expect.stringMatching(/clock is about \d+\.\d s ahead of the store's/)]);
  });
});
