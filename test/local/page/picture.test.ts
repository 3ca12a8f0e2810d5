import { describe, expect, test } from 'vitest';
import { pictureOf } from '../../../functions/local/page/timeline/picture.ts';
import type { RequestEntry, TraceEntry } from '../../../functions/local/page/timeline/trace.ts';

const request = (entry: Partial<RequestEntry> & Pick<RequestEntry, 'atMs' | 'purpose'>): RequestEntry => ({
  type: 'request',
  process: 'a',
  endedAtMs: entry.atMs + 5,
  updateId: 7,
  result: 'applied',
  ...entry,
});

const held = (holder: string, fencingToken: number, expiresAtMs = 9_000) => ({
  partition: '0',
  holder,
  fencingToken,
  expiresAtMs,
});

describe('a row', () => {
  const entries: TraceEntry[] = [
    request({ atMs: 10, purpose: 'acquire' }),
    request({ atMs: 20, purpose: 'claim' }),
    { type: 'call', process: 'a', atMs: 30, endedAtMs: 50, method: 'sendMessage', answer: 'ok' },
    request({ atMs: 60, purpose: 'settle' }),
  ];

  test('shows an update from its claim to its settling as handled', () => {
    const spans = pictureOf(entries).rows[0]?.spans ?? [];
    expect(spans.find(({ kind }) => kind === 'handle')).toMatchObject({ fromMs: 25, toMs: 60, updateId: 7 });
    expect(spans.map(({ kind }) => kind).sort()).toEqual(['acquire', 'call', 'claim', 'handle', 'settle']);
  });

  test('shows an update that is not settled as handled until now', () => {
    const spans = pictureOf(entries.slice(0, 2), 500).rows[0]?.spans ?? [];
    expect(spans.find(({ kind }) => kind === 'handle')).not.toHaveProperty('toMs');
  });

  test('ends what a process handled where it is killed', () => {
    const killed: TraceEntry = { type: 'process', process: 'a', atMs: 40, what: 'killed' };
    const [row] = pictureOf([...entries.slice(0, 2), killed]).rows;
    expect(row?.spans.find(({ kind }) => kind === 'handle')).toMatchObject({ toMs: 40 });
    expect(row?.absences).toEqual([{ fromMs: 40, why: 'dead' }]);
  });

  test('ends a freeze where the process is thawed', () => {
    const [row] = pictureOf([
      { type: 'process', process: 'a', atMs: 10, what: 'frozen' },
      { type: 'process', process: 'a', atMs: 30, what: 'thawed' },
    ]).rows;
    expect(row?.absences).toEqual([{ fromMs: 10, toMs: 30, why: 'frozen' }]);
  });

  test('marks what stands out', () => {
    const [row] = pictureOf([
      { type: 'event', process: 'a', atMs: 1, event: { type: 'duplicate', updateId: 7, of: 'done' } },
      { type: 'event', process: 'a', atMs: 2, event: { type: 'renewed', partition: 0, fencingToken: 1 } },
      {
        type: 'event',
        process: 'a',
        atMs: 3,
        event: { type: 'fenced', updateId: 7, fencingToken: 1, at: 'settle' },
      },
    ]).rows;
    expect(row?.marks.map(({ kind }) => kind)).toEqual(['duplicate', 'fenced']);
  });
});

describe('a mishap', () => {
  const kindsOf = (...entries: TraceEntry[]): (string | undefined)[] =>
    pictureOf(entries).rows.flatMap(({ marks }) => marks.map(({ kind }) => kind));
  const call = { type: 'call', process: 'a', atMs: 30, method: 'sendMessage' } as const;

  test('has a sign of its own kind', () => {
    const note = { type: 'note', process: 'a', atMs: 1, text: 'arrives late', mishap: 'late' } as const;
    expect(kindsOf(note, { ...note, mishap: 'clock' })).toEqual(['late', 'clock']);
    expect(kindsOf({ type: 'note', process: 'a', atMs: 1, text: 'starts' })).toEqual(['note']);
    expect(kindsOf(request({ atMs: 1, purpose: 'claim', mishap: 'twice' }))).toEqual(['twice']);
  });

  test('is seen in what a running system asks: no answer is lost, one after a second is late', () => {
    expect(kindsOf(request({ atMs: 1, purpose: 'renew', result: 'lost' }))).toEqual(['lost']);
    expect(kindsOf({ ...call, endedAtMs: 40, answer: 'none' })).toEqual(['lost']);
    expect(kindsOf(request({ atMs: 1, purpose: 'claim', endedAtMs: 1_001 }))).toEqual(['late']);
    expect(kindsOf({ ...call, endedAtMs: 1_030, answer: 'ok' })).toEqual(['late']);
    expect(
      kindsOf(request({ atMs: 1, purpose: 'claim' }), { ...call, endedAtMs: 900, answer: 'ok' }),
    ).toEqual([]);
  });
});

describe('a lease', () => {
  test('changes hands where another is granted it', () => {
    const { leases } = pictureOf([
      request({ atMs: 10, purpose: 'acquire', lease: held('a', 1) }),
      request({ atMs: 90, purpose: 'acquire', process: 'b', lease: held('b', 2) }),
    ]);
    expect(leases[0]?.spans).toEqual([
      { ...held('a', 1), fromMs: 15, toMs: 95 },
      { ...held('b', 2), fromMs: 95 },
    ]);
  });

  test('is one bar while it is renewed', () => {
    const { leases } = pictureOf([
      request({ atMs: 10, purpose: 'acquire', lease: held('a', 1, 100) }),
      request({ atMs: 50, purpose: 'renew', lease: held('a', 1, 200) }),
    ]);
    expect(leases[0]?.spans).toEqual([{ ...held('a', 1, 200), fromMs: 15 }]);
  });

  test('stays where it is when a request for it is refused', () => {
    const { leases } = pictureOf([
      request({ atMs: 10, purpose: 'acquire', lease: held('a', 1) }),
      request({ atMs: 20, purpose: 'acquire', process: 'b', result: 'refused', lease: held('b', 2) }),
    ]);
    expect(leases[0]?.spans).toHaveLength(1);
  });
});

describe('the moments', () => {
  test('come in the order of their time, whatever the order of the entries', () => {
    const { moments, fromMs, toMs } = pictureOf([
      request({ atMs: 20, purpose: 'claim' }),
      request({ atMs: 10, purpose: 'acquire' }),
      { type: 'violation', atMs: 30, check: 'G1', text: 'two consumers' },
    ]);
    expect(moments.map(({ text }) => text)).toEqual([
      'acquire for update 7: applied',
      'claim for update 7: applied',
      'G1: two consumers',
    ]);
    expect([fromMs, toMs]).toEqual([10, 30]);
  });
});
