import { setImmediate as turn } from 'node:timers/promises';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import { activateLayout } from '../../../functions/lease/layout-change.ts';
import { StandingLease } from '../../../functions/lease/standing-lease.ts';
import { endLeasesOfAClockAhead, LONGEST_TERM_MS } from '../../../functions/local/polling/expiry-ahead.ts';
import { openProtocol, type Protocol } from '../../../functions/wiring/protocol.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../../fixtures/local-dynamodb.ts';
import { TestClock } from '../../fixtures/test-clock.ts';

const HOUR_MS = 3_600_000;
const SKEW_MS = 500;
const TERM_MS = 15_000;

describe('a lease whose end a clock that was ahead has set', () => {
  let dynamo: RunningEndpoint;
  let tables = 0;
  beforeAll(async () => {
    dynamo = await fastEndpoint().start();
  });
  afterAll(() => dynamo.close());

  const place = async (aheadMs = HOUR_MS) => {
    const client = localClient(dynamo.endpoint);
    const tableName = `ahead-${(tables += 1)}`;
    await createTableIfMissing(client, tableName);
    const table = { client, tableName, scope: '42' };
    const processAt = (holder: string, clock: TestClock): { protocol: Protocol; standing: StandingLease } => {
      const settings = { tableName, maxClockSkewMs: SKEW_MS, maxAttempts: 1 };
      const protocol = openProtocol({ ...table, settings, holder, emit: () => {} });
      const context = { ...protocol.context, clock };
      const standing = new StandingLease({ ...context, layout: protocol.layout, termMs: TERM_MS });
      return { protocol: { ...protocol, context }, standing };
    };
    const start = new TestClock();
    const ahead = new TestClock(start.wallMs() + aheadMs);
    const former = processAt('former', ahead);
    await activateLayout(former.protocol.leases, 1);
    expect(await former.standing.take(0)).toBeUndefined();
    const next = processAt('next', start);
    const said: string[] = [];
    const stopping = new AbortController();
    const ending = (isDead = false): Promise<void> =>
      endLeasesOfAClockAhead(
        { protocol: next.protocol, table, isDead: () => isDead, say: (line) => said.push(line) },
        stopping.signal,
      );
    const untilLooking = async (): Promise<void> => {
      while (start.pendingTimers === 0) await turn();
    };
    return { former, next, start, said, stopping, ending, untilLooking };
  };

  it('is taken over once nobody has renewed it for the longest term', async () => {
    const { next, start, said, ending, untilLooking } = await place();
    expect(await next.standing.take(0)).toMatchObject({ kind: 'busy', holder: 'former' });
    const ended = ending();
    await untilLooking();
    expect(said).toEqual([expect.stringMatching(/^⚠️ The lease of former ends at .* a clock was ahead/)]);
    start.advance(LONGEST_TERM_MS + SKEW_MS);
    await ended;
    expect(await next.standing.take(0)).toBeUndefined();
    expect(next.standing.tokens).toEqual([{ partition: 0, fencingToken: 2 }]);
  });

  it('stays with a holder that writes it meanwhile, however late', async () => {
    const { former, next, start, ending, untilLooking } = await place();
    const ended = ending();
    await untilLooking();
    const [lease] = await former.protocol.leases.list();
    const renewed = await former.protocol.leases.renew({
      key: lease!.key,
      holder: 'former',
      fencingToken: 1,
      attemptId: 'a renewal',
      expiresAtMs: lease!.item.expiresAtMs + 1,
    });
    expect(renewed.kind).toBe('applied');
    start.advance(LONGEST_TERM_MS + SKEW_MS);
    await ended;
    expect(await next.standing.take(0)).toMatchObject({ kind: 'busy', holder: 'former' });
  });

  it('is none where the end is as near as the longest term may have it', async () => {
    const { next, said, ending } = await place(LONGEST_TERM_MS - TERM_MS);
    await ending();
    expect(said).toEqual([]);
    expect(await next.standing.take(0)).toMatchObject({ kind: 'busy', holder: 'former' });
  });

  it('is left alone by a start that is stopped meanwhile, or whose protocol knows the holder to be dead', async () => {
    const { next, said, stopping, ending, untilLooking } = await place();
    await ending(true);
    expect(said).toEqual([]);
    const ended = ending();
    await untilLooking();
    stopping.abort();
    await ended;
    expect(await next.standing.take(0)).toMatchObject({ kind: 'busy', holder: 'former' });
  });
});
