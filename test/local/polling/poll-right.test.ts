import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrammyError } from 'grammy/web';
import type { Clock } from '../../../functions/lease/clock.ts';
import { systemClock } from '../../../functions/lease/clock.ts';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { PollRight, TokenInUseError } from '../../../functions/local/polling/poll-right.ts';
import { ALLOWED_UPDATES } from '../../../functions/telegram/allowed-updates.ts';

const ANNA = { id: 10, first_name: 'Anna' };
const never = new AbortController().signal;

/** Time that passes as real time does, and leaps. */
class LeapingClock implements Clock {
  leaptMs = 0;
  wallMs = (): number => systemClock.wallMs() + this.leaptMs;
  monotonicMs = (): number => systemClock.monotonicMs() + this.leaptMs;
  after = (delayMs: number, callback: () => void): (() => void) => systemClock.after(delayMs, callback);
}

describe('the right to poll', { concurrent: true }, () => {
  let server: BotApiServer;
  let bots = 0;
  const names = Array.from({ length: 20 }, (_, at) => at + 1);
  beforeAll(async () => {
    server = await startBotApiServer({
      bots: Object.fromEntries(
        names.map((id) => [`${id}:right`, { id, username: `right_${id}_bot`, first_name: 'C' }]),
      ),
    });
  });
  afterAll(() => server.close());

  const newBot = () => {
    const id = (bots += 1);
    const token = `${id}:right`;
    const clock = new LeapingClock();
    const telegram = { token, apiRoot: server.apiRoot };
    const right = new PollRight({ telegram, clock, random: Math.random });
    const ask = async <T = { update_id: number }[]>(query: string): Promise<{ ok: boolean; result: T }> =>
      (await fetch(`${server.apiRoot}/bot${token}/${query}`)).json() as never;
    const say = (text: string): number => server.sendMessage({ from: ANNA, text, bot: id }).updateId!;
    return { id, telegram, right, clock, ask, say };
  };
  /** Polls as any program does that asks again after a conflict. @returns how many conflicts it met */
  const incumbent = (ask: ReturnType<typeof newBot>['ask']) => {
    let conflicts = 0;
    let isOver = false;
    const polling = (async () => {
      while (!isOver) {
        const { ok } = await ask('getUpdates?timeout=1');
        if (ok) continue;
        conflicts += 1;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    })();
    return {
      conflicts: () => conflicts,
      end: () => {
        isOver = true;
        return polling;
      },
    };
  };
  const conflict = (description: string): GrammyError =>
    new GrammyError('', { ok: false, error_code: 409, description }, 'getUpdates', {});
  const OTHER =
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';

  it('is refused while somebody polls, who sees one conflict', async () => {
    const { right, ask } = newBot();
    const other = incumbent(ask);
    await expect(right.assure(never)).rejects.toThrow(TokenInUseError);
    expect(other.conflicts()).toBeLessThanOrEqual(1);
    await other.end();
  });

  it('is granted where nobody polls, and the look confirms nothing of what waits', async () => {
    const { right, id, say } = newBot();
    const waiting = say('from before the start');
    await right.assure(never);
    expect(server.pendingUpdates({ bot: id }).map(({ update_id: each }) => each)).toEqual([waiting]);
    // Granted is granted: the next look is not taken.
    const asked = server.calls('getUpdates').length;
    await right.assure(never);
    expect(server.calls('getUpdates').length - asked).toBeLessThan(30);
  });

  it('is refused where what waits is taken by somebody while one looks', async () => {
    const { id, right, ask, say } = newBot();
    const waiting = say('in somebody’s hand');
    const hasSeenIt = () =>
      server.calls('getUpdates').some(({ bot, status }) => bot === id && status === 200);
    const looking = right.assure(never);
    const refused = expect(looking).rejects.toThrow('taken by another getUpdates request');
    await expect.poll(hasSeenIt).toBe(true);
    await ask(`getUpdates?offset=${waiting + 1}`);
    await refused;
  });

  it('is granted to one at most of three that look at the same moment while updates wait', async () => {
    const { clock, telegram, id, say } = newBot();
    const waiting = say('from before the start');
    const rights = [1, 2, 3].map(() => new PollRight({ telegram, clock, random: Math.random }));
    const looked = await Promise.allSettled(rights.map((each) => each.assure(never)));
    const refused = looked.filter((each) => each.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(TokenInUseError);
    expect(server.pendingUpdates({ bot: id }).map(({ update_id: each }) => each)).toEqual([waiting]);
  });

  it('is refused while somebody handles one update for longer than the look', async () => {
    const { right, ask, say } = newBot();
    say('in somebody’s hand');
    const kinds = `allowed_updates=${JSON.stringify(ALLOWED_UPDATES)}`;
    await ask(`getUpdates?${kinds}`);
    const asking = setInterval(() => void ask(`getUpdates?${kinds}`), 250);
    await expect(right.assure(never))
      .rejects.toThrow('set its own allowed_updates')
      .finally(() => clearInterval(asking));
  });

  it('leaves somebody who sets no kinds of updates those that were set before', async () => {
    const { right, ask } = newBot();
    await ask('getUpdates?allowed_updates=["message","poll"]');
    const other = incumbent(ask);
    await expect(right.assure(never)).rejects.toThrow('terminated by other getUpdates request');
    const { result } = await ask<{ allowed_updates: string[] }>('getWebhookInfo');
    expect(result.allowed_updates).toEqual(['message', 'poll']);
    await other.end();
  });

  it('is granted on a server that tells no kinds of updates', async () => {
    const { telegram, clock, say } = newBot();
    say('from before the start');
    const silent: typeof fetch = async (input, init) =>
      (input as string).endsWith('getWebhookInfo')
        ? Response.json({ ok: true, result: { url: '', pending_update_count: 1 } })
        : fetch(input, init);
    await new PollRight({ telegram: { ...telegram, fetch: silent }, clock, random: Math.random }).assure(
      never,
    );
  });

  it('is refused with Telegram’s words where a webhook is set', async () => {
    const { right, ask } = newBot();
    await ask('setWebhook?url=http://127.0.0.1:9/hook');
    await expect(right.assure(never)).rejects.toThrow(/webhook is active/);
  });

  it('ends its look at once when the signal fires', async () => {
    const { right } = newBot();
    const stop = new AbortController();
    const startedAt = performance.now();
    const looking = right.assure(stop.signal);
    stop.abort();
    await looking;
    expect(performance.now() - startedAt).toBeLessThan(4_500);
  });

  it('looks again after a conflict while it is new, and gives way to a poller that stays', async () => {
    const { right, ask } = newBot();
    await right.assure(never);
    right.conflict(conflict(OTHER));
    const other = incumbent(ask);
    await expect(right.assure(never)).rejects.toThrow(TokenInUseError);
    await other.end();
    right.conflict(conflict(OTHER));
    expect(() => right.conflict(conflict(OTHER))).toThrow(TokenInUseError);
  });

  it('stays once it is established, and is new again after a silence', async () => {
    const { right, clock, ask } = newBot();
    await right.assure(never);
    for (let polls = 0; polls < 3; polls += 1) {
      clock.leaptMs += 50_000;
      right.polled();
    }
    for (let conflicts = 0; conflicts < 5; conflicts += 1) right.conflict(conflict(OTHER));
    await right.assure(never);
    clock.leaptMs += 61_000;
    const other = incumbent(ask);
    await expect(right.assure(never)).rejects.toThrow(TokenInUseError);
    await other.end();
    expect(() =>
      right.conflict(conflict("Conflict: can't use getUpdates method while webhook is active")),
    ).toThrow(TokenInUseError);
  });
});
