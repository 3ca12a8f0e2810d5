import { describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import type { BotCall, Observed, StoreWrite } from './record.ts';

const write = (kind: StoreWrite['kind'], atMs: number, rest: Partial<StoreWrite> = {}): StoreWrite => ({
  kind,
  ...(kind === 'acquire' && { partition: '0' }),
  consumer: 'a',
  token: 1,
  updateId: 1,
  sentAtMs: atMs,
  answeredAtMs: atMs + 1,
  result: 'applied',
  delivered: true,
  ...rest,
});
const call = (atMs: number, rest: Partial<BotCall> = {}): BotCall => ({
  consumer: 'a',
  updateId: 1,
  token: 1,
  arrivedAtMs: atMs,
  processed: true,
  confirmed: true,
  ...rest,
});

/** One update, handled once and without a fault: acquired at 10, claimed at 20, called at 30, settled at 40. */
const CALM: Observed = {
  sent: [1],
  poison: [],
  writes: [write('acquire', 10), write('claim', 20), write('settle', 40, { status: 'done' })],
  calls: [call(30)],
  answers: [{ updateId: 1, status: 200, atMs: 50 }],
  mishaps: [],
  ledger: new Map([[1, { status: 'done', attempts: 1 }]]),
  undelivered: [],
};

/** As in a calm run, but the first attempt ended without an outcome and B has handled the update again. */
const again = (changes: Partial<Observed> = {}, first: StoreWrite[] = []): Observed => ({
  ...CALM,
  writes: [
    write('acquire', 10),
    write('claim', 20),
    ...first,
    write('acquire', 110, { consumer: 'b', token: 2 }),
    write('claim', 120, { consumer: 'b', token: 2 }),
    write('settle', 140, { consumer: 'b', token: 2, status: 'done' }),
  ],
  calls: [call(30), call(130, { consumer: 'b', token: 2 })],
  answers: [{ updateId: 1, status: 200, atMs: 150 }],
  ...changes,
});

const problems = (observed: Observed): string[] =>
  audit(observed).violations.map((violation) => violation.split('\n')[0] ?? '');

describe('the audit of a run under fire', () => {
  it('finds nothing wrong with a calm run', () => {
    expect(audit(CALM)).toMatchObject({ sent: 1, done: 1, lost: 0, attemptsAgain: 0, violations: [] });
  });

  it.each<[string, Observed, RegExp]>([
    [
      'an update without an outcome',
      { ...CALM, ledger: new Map([[1, { status: 'claimed', attempts: 1 }]]) },
      /lost/,
    ],
    ['one that the ledger does not know', { ...CALM, ledger: new Map() }, /lost/],
    ['one that was never confirmed', { ...CALM, undelivered: [1] }, /never confirmed/],
    [
      'a 2xx before the settle',
      { ...CALM, answers: [{ updateId: 1, status: 200, atMs: 35 }] },
      /before it was settled/,
    ],
    [
      'a 2xx after a settle that was refused',
      {
        ...CALM,
        writes: [...CALM.writes.slice(0, 2), write('settle', 40, { status: 'done', result: 'refused' })],
      },
      /before it was settled/,
    ],
    [
      'a 2xx after a settle that never reached the store',
      {
        ...CALM,
        writes: [...CALM.writes.slice(0, 2), write('settle', 40, { status: 'done', result: 'unsent' })],
      },
      /before it was settled/,
    ],
    [
      'a token that two were granted',
      { ...CALM, writes: [...CALM.writes, write('acquire', 10.5, { consumer: 'b', updateId: 2 })] },
      /granted to a and to b/,
    ],
    [
      'a token that falls',
      { ...CALM, writes: [write('acquire', 1, { consumer: 'b', token: 5, updateId: 2 }), ...CALM.writes] },
      /after token 5/,
    ],
    [
      'a claim after the outcome',
      { ...CALM, writes: [...CALM.writes, write('claim', 60, { consumer: 'b', token: 2 })] },
      /claim by b was taken after it was done/,
    ],
    [
      'a claim under a token that is not higher',
      again({}, [write('claim', 22, { consumer: 'c', token: 3 })]),
      /claimed under token 2 after token 3/,
    ],
    [
      'a settle by one who was fenced',
      again({}, [write('settle', 125, { status: 'deferred' })]),
      /settled by a under token 1 after b/,
    ],
    ['a call without a claim', { ...CALM, calls: [call(30, { token: 0 })] }, /without a claim/],
    ['a call after the outcome', { ...CALM, calls: [call(30), call(60)] }, /after it was settled/],
    ['an answer shown twice for no reason', again(), /for no reason/],
    [
      'an answer shown twice although the first attempt was settled',
      again({}, [write('settle', 40, { status: 'done' })]),
      /for no reason/,
    ],
    [
      'an update parked although nothing is wrong with it',
      { ...CALM, ledger: new Map([[1, { status: 'dead', attempts: 5 }]]) },
      /nothing is wrong with it/,
    ],
    ['poison that was not parked', { ...CALM, poison: [1] }, /was not parked/],
  ])('notices %s', (_, observed, message) => {
    expect(problems(observed).join('\n')).toMatch(message);
  });

  it.each<[string, Observed]>([
    [
      'its process was killed after the call',
      again({ mishaps: [{ what: 'killed', consumer: 'a', fromMs: 35 }] }),
    ],
    [
      'its process was paused past the lease',
      again({ mishaps: [{ what: 'paused', consumer: 'a', fromMs: 35, toMs: 200 }] }),
    ],
    [
      'the answer of the Bot API was lost',
      again({ calls: [call(30, { confirmed: false }), call(130, { consumer: 'b', token: 2 })] }),
    ],
    [
      'the settle failed or stayed unknown',
      again({}, [write('settle', 40, { status: 'done', result: 'unknown' })]),
    ],
    [
      'the settle failed or stayed unknown',
      again({}, [write('settle', 40, { status: 'done', result: 'unsent' })]),
    ],
    ['the attempt failed after the call', again({}, [write('settle', 40, { status: 'deferred' })])],
  ])('knows why an answer was shown twice: %s', (reason, observed) => {
    expect(audit(observed)).toMatchObject({ attemptsAgain: 1, violations: [] });
    expect([...audit(observed).shownAgain]).toEqual([[reason, 1]]);
  });

  it('compares tokens within one partition only', () => {
    const elsewhere = { partition: '1', updateId: 2, consumer: 'b' };
    const writes = [
      ...CALM.writes,
      write('acquire', 10.5, elsewhere),
      write('acquire', 5, { ...elsewhere, token: 9 }),
    ];
    expect(problems({ ...CALM, writes })).toEqual(['Token 1 was granted to b after token 9']);
    expect(problems({ ...CALM, writes: writes.slice(0, -1) })).toEqual([]);
  });

  it('does not take the mishap of another process for a reason', () => {
    const observed = again({ mishaps: [{ what: 'killed', consumer: 'b', fromMs: 35 }] });
    expect(problems(observed).join('\n')).toMatch(/for no reason/);
  });

  it('does not take a mishap that came later for a reason', () => {
    const observed = again({ mishaps: [{ what: 'killed', consumer: 'a', fromMs: 300 }] });
    expect(problems(observed).join('\n')).toMatch(/for no reason/);
  });

  it('lets the process that parks an update apologise for it', () => {
    const parked: Observed = {
      ...CALM,
      poison: [1],
      writes: [...CALM.writes.slice(0, 2), write('settle', 40, { status: 'dead' })],
      calls: [call(60)],
      ledger: new Map([[1, { status: 'dead', attempts: 5 }]]),
    };
    expect(audit(parked)).toMatchObject({ parked: 1, violations: [] });
    expect(problems({ ...parked, calls: [call(60, { consumer: 'b', token: 2 })] })).toHaveLength(1);
  });

  it('counts only what the user has seen', () => {
    const refused = again({
      calls: [call(30, { processed: false }), call(130, { consumer: 'b', token: 2 })],
    });
    expect(audit(refused)).toMatchObject({ attemptsAgain: 1, violations: [] });
    expect(audit(refused).shownAgain.size).toBe(0);
  });

  it('takes the time of a takeover from the mishap to the next grant', () => {
    const observed = again({ mishaps: [{ what: 'killed', consumer: 'a', fromMs: 35 }] });
    expect(audit(observed)).toMatchObject({ takeovers: 1, highestTakeoverMs: 76 });
  });
});
