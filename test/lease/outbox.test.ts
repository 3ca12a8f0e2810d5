import { describe, expect, it } from 'vitest';
import { Countdown } from '../../functions/lease/clock.ts';
import { isSentOftenEnough, type Arrival, Outbox, waitBeforeRepeat } from '../../functions/lease/outbox.ts';
import { Tenure, TenureOverError } from '../../functions/lease/tenure.ts';
import { TestClock } from '../fixtures/test-clock.ts';

/** One attempt at messages that end as given; one that earlier attempts sent is skipped. */
function attempt(before: { sent: number; unconfirmed: number }, ends: Arrival[]) {
  const outbox = new Outbox(before);
  const turns = ends.map((how) => {
    const turn = outbox.next();
    if (turn !== 'skip') outbox.ended(how);
    return turn;
  });
  return { turns, progress: outbox.progress };
}

describe('the messages of an update', () => {
  it('are counted as they arrive, and those of earlier attempts are skipped', () => {
    const first = attempt({ sent: 0, unconfirmed: 0 }, ['arrived', 'arrived', 'not-sent']);
    expect(first).toEqual({ turns: ['send', 'send', 'send'], progress: { sent: 2, unconfirmed: 0 } });
    expect(attempt(first.progress, ['arrived', 'arrived', 'arrived'])).toEqual({
      turns: ['skip', 'skip', 'send'],
      progress: { sent: 3, unconfirmed: 0 },
    });
  });

  it('count the attempts at one whose arrival is unknown, and begin anew with the next', () => {
    const first = attempt({ sent: 0, unconfirmed: 0 }, ['unknown']);
    const second = attempt(first.progress, ['unknown']);
    expect(second).toEqual({ turns: ['ask-first'], progress: { sent: 0, unconfirmed: 2 } });
    expect(isSentOftenEnough(second.progress)).toBe(false);
    expect(attempt(second.progress, ['arrived']).progress).toEqual({ sent: 1, unconfirmed: 0 });
    expect(isSentOftenEnough(attempt(second.progress, ['unknown']).progress)).toBe(true);
  });

  it('count nothing after one whose arrival is unknown, since the count would pass over it', () => {
    const { turns, progress } = attempt({ sent: 0, unconfirmed: 0 }, ['unknown', 'arrived', 'unknown']);
    expect({ turns, progress }).toEqual({
      turns: ['send', 'send', 'send'],
      progress: { sent: 0, unconfirmed: 1 },
    });
  });

  it('wait the longer the more often they went unconfirmed, and not at all where none did', () => {
    const waits = [0, 1, 2, 9].map((unconfirmed) => waitBeforeRepeat({ sent: 1, unconfirmed }));
    expect(waits).toEqual([undefined, 10_000, 60_000, 60_000]);
  });
});

describe('a tenure that sends', () => {
  const begin = (unconfirmed: number, sent = 0) => {
    const clock = new TestClock();
    const deadline = new Countdown(clock, 12_000);
    const progress = { sent, unconfirmed };
    return new Tenure({
      updateId: 1,
      fencingToken: 1,
      lease: () => deadline,
      deadline,
      skewMs: 0,
      clock,
      progress,
    });
  };
  const arrivalOf = ({ status }: { status: string }): Arrival =>
    status === 'fulfilled' ? 'arrived' : 'unknown';

  it('asks first where the message may have arrived, and sends nothing where nobody answers', async () => {
    const done: string[] = [];
    const effect = async () => void done.push('sent');
    const ask = async () => {
      done.push('asked');
      if (done.length === 1) throw new Error('silence');
    };
    const tenure = begin(1);
    await expect(tenure.send(effect, { arrivalOf, ask })).rejects.toThrow('silence');
    expect(tenure.progress).toEqual({ sent: 0, unconfirmed: 1 });
    await tenure.send(effect, { arrivalOf, ask });
    expect(done).toEqual(['asked', 'asked', 'sent']);
    expect(tenure.progress).toEqual({ sent: 1, unconfirmed: 0 });
  });

  it('knows how its messages ended by the time that it is closed', async () => {
    const tenure = begin(0);
    let fail = (_: Error): void => {};
    const effect = () => new Promise<void>((_, reject) => (fail = reject));
    const sending = tenure.send(effect, { arrivalOf, ask: effect });
    const closed = tenure.close(0);
    fail(new Error('reset'));
    await closed;
    expect(tenure.progress).toEqual({ sent: 0, unconfirmed: 1 });
    await expect(sending).rejects.toThrow('reset');
  });

  it('refuses a message after its end, and counts it as none', async () => {
    const tenure = begin(0);
    await tenure.close(0);
    const effect = async () => {};
    await expect(tenure.send(effect, { arrivalOf, ask: effect })).rejects.toThrow(TenureOverError);
    expect(tenure.progress).toEqual({ sent: 0, unconfirmed: 0 });
  });
});
