import { describe, expect, test } from 'vitest';
import type { Update } from 'grammy/types';
import { systemClock } from '../../../functions/lease/clock.ts';
import type { Outcome } from '../../../functions/lease/outcome.ts';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { PAGE, Poller, type PollerOptions } from '../../../functions/local/polling/poller.ts';
import { TokenInUseError } from '../../../functions/local/polling/poll-right.ts';
import { ALLOWED_UPDATES } from '../../../functions/telegram/allowed-updates.ts';

/** The right of a poller that is established. */
const ESTABLISHED: PollerOptions['pollRight'] = {
  assure: async () => {},
  polled: () => {},
  conflict: ({ description }) => {
    if (!description.includes('getUpdates request')) throw new TokenInUseError(description);
  },
};
const TOKEN = '77:poller-test-token';
const ANNA = { id: 10, first_name: 'Anna' };
const BORIS = { id: 11, first_name: 'Boris' };

/** A bot of a server of its own, and the poller that asks for its updates. */
class PolledBot {
  readonly stop = new AbortController();
  readonly seen: number[] = [];
  readonly troubles: string[] = [];
  readonly heldBackBy: number[] = [];
  readonly defects: unknown[] = [];
  server: BotApiServer;
  decide: (update: Update) => Promise<Outcome> = async () => ({ kind: 'done' });
  mayPoll = true;
  running: Promise<void> | undefined;

  constructor(server: BotApiServer) {
    this.server = server;
  }

  start(token = TOKEN): Promise<void> {
    const poller = new Poller({
      token,
      apiRoot: this.server.apiRoot,
      allowedUpdates: ALLOWED_UPDATES,
      consumer: {
        consume: ({ update }) => {
          this.seen.push(update.update_id);
          return this.decide(update);
        },
      },
      pollRight: ESTABLISHED,
      clock: systemClock,
      deadlineMs: 1_000,
      mayPoll: () => this.mayPoll,
      onOutcome: () => {},
      onDefect: (error) => this.defects.push(error),
      onAnswered: () => {},
      onTrouble: (error) => this.troubles.push(error.message),
      onHeldBack: (updateId) => this.heldBackBy.push(updateId),
    });
    this.running = poller.run(this.stop.signal);
    return this.running;
  }

  say(from: { id: number; first_name: string }, text: string): number {
    return this.server.sendMessage({ from, text }).updateId!;
  }

  async until(event: string, hasHappened: () => boolean): Promise<void> {
    await this.server.until(event, hasHappened);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.running?.catch(() => {});
    await this.server.close();
  }
}

const it = test.extend<{ bot: PolledBot }>({
  bot: async ({}, use) => {
    const bots = { [TOKEN]: { id: 77, username: 'poller_bot', first_name: 'P' } };
    const bot = new PolledBot(await startBotApiServer({ bots }));
    await use(bot);
    await bot.end();
  },
});

// They wait most of their time: one after the other they took half a minute.
describe('the poller', { concurrent: true }, () => {
  it('hands each chat’s updates over in order, once each, and confirms them', async ({ bot }) => {
    void bot.start();
    const [one, two, other] = [bot.say(ANNA, 'one'), bot.say(ANNA, 'two'), bot.say(BORIS, 'three')];
    await bot.server.drained();
    expect(bot.seen.filter((id) => id !== other)).toEqual([one, two]);
    expect([...bot.seen].sort()).toEqual([one, two, other].sort());
  });

  it('lets an update that fails hold back its own chat only, and tries it again', async ({ bot }) => {
    let failures = 2;
    const failing = bot.say(ANNA, 'fails twice');
    bot.decide = async ({ update_id: id }) =>
      id === failing && failures-- > 0 ? { kind: 'failed', error: 'x' } : { kind: 'done' };
    void bot.start();
    const [second, other] = [bot.say(ANNA, 'waits'), bot.say(BORIS, 'does not wait')];
    await bot.server.drained();
    expect(bot.seen.filter((id) => id === failing)).toHaveLength(3);
    expect(bot.seen.indexOf(other)).toBeLessThan(bot.seen.lastIndexOf(failing));
    expect(bot.seen.indexOf(second)).toBeGreaterThan(bot.seen.lastIndexOf(failing));
  });

  it('lets a defect hold back its own chat only, and goes on', async ({ bot }) => {
    const defect = new Error('nobody thought of this');
    let throws = 2;
    const broken = bot.say(ANNA, 'throws twice');
    const behind = bot.say(ANNA, 'behind it');
    const other = bot.say(BORIS, 'other chat');
    bot.decide = async ({ update_id: id }) => {
      if (id === broken && throws-- > 0) throw defect;
      return { kind: 'done' };
    };
    void bot.start();
    await bot.server.drained();
    expect(bot.seen).toHaveLength(5);
    expect(bot.seen.filter((id) => id !== other)).toEqual([broken, broken, broken, behind]);
    expect(bot.seen.indexOf(other)).toBeLessThan(bot.seen.indexOf(behind));
    expect(bot.defects).toStrictEqual([defect, defect]);
  });

  it('says once when a whole page is held back by one that waits, and goes on when it is settled', async ({
    bot,
  }) => {
    let isWaiting = true;
    const first = bot.say(ANNA, 'waits');
    bot.decide = async ({ update_id: id }) =>
      id === first && isWaiting ? { kind: 'busy', retryAfterMs: 50 } : { kind: 'done' };
    for (let others = 1; others < PAGE; others += 1) bot.say(BORIS, `${others}`);
    void bot.start();
    await bot.until('the page to be noticed', () => bot.heldBackBy.length > 0);
    const beyond = bot.say(BORIS, 'beyond the page');
    const polls = () => bot.server.calls('getUpdates').length;
    const before = polls();
    await bot.until('two more looks', () => polls() > before + 2);
    expect(bot.heldBackBy).toEqual([first]);
    expect(bot.seen).not.toContain(beyond);
    isWaiting = false;
    await bot.server.drained();
    expect(bot.seen).toContain(beyond);
    expect(bot.heldBackBy).toEqual([first]);
  });

  it('never confirms an update that is not settled', async ({ bot }) => {
    bot.decide = async () => ({ kind: 'busy', retryAfterMs: 60_000 });
    const first = bot.say(ANNA, 'stays');
    const done = bot.start();
    await bot.until('the first attempt', () => bot.seen.length === 1);
    bot.stop.abort();
    await done;
    expect(bot.server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([first]);
  });

  it('drains when it is stopped: the update in hand is settled and confirmed, no other begun', async ({
    bot,
  }) => {
    let release = (): void => {};
    bot.decide = () => new Promise((resolve) => (release = () => resolve({ kind: 'done' })));
    const inHand = bot.say(ANNA, 'in hand');
    const done = bot.start();
    await bot.until('the update in hand', () => bot.seen.length === 1);
    const later = bot.say(ANNA, 'later');
    bot.stop.abort();
    let hasEnded = false;
    void done.then(() => (hasEnded = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hasEnded).toBe(false);
    release();
    await done;
    expect(bot.seen).toEqual([inHand]);
    expect(bot.server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([later]);
  });

  it('begins at its stop what lies before something settled, so that all of it is confirmed', async ({
    bot,
  }) => {
    let release = (): void => {};
    const first = bot.say(ANNA, 'in hand');
    const before = bot.say(ANNA, 'waits for the one in hand');
    const settled = bot.say(BORIS, 'settled');
    const behind = bot.say(ANNA, 'behind them');
    bot.decide = async ({ update_id: id }) => {
      if (id === first) await new Promise<void>((resolve) => (release = resolve));
      return { kind: 'done' };
    };
    const done = bot.start();
    await bot.until('the other chat', () => bot.seen.includes(settled));
    bot.stop.abort();
    release();
    await done;
    expect(bot.seen.toSorted()).toEqual([first, before, settled].toSorted());
    expect(bot.server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([behind]);
  });

  it('tries once more at its stop what had no turn in time and lies before something settled', async ({
    bot,
  }) => {
    const [late, settled] = [bot.say(ANNA, 'had no turn in time'), bot.say(BORIS, 'settled')];
    let isLate = true;
    bot.decide = async ({ update_id: id }) =>
      id === late && isLate ? { kind: 'busy', retryAfterMs: 60_000 } : { kind: 'done' };
    const done = bot.start();
    await bot.until('the other chat', () => bot.seen.includes(settled) && bot.seen.includes(late));
    isLate = false;
    bot.stop.abort();
    await done;
    expect(bot.seen.filter((id) => id === late)).toHaveLength(2);
    expect(bot.server.pendingUpdates()).toEqual([]);
  });

  it('handles sixteen at once, the first received first', async ({ bot }) => {
    const texts = Array.from({ length: 40 }, (_, index) => `${index}`);
    const sent = texts.map((text, index) => bot.say({ id: 100 + index, first_name: 'U' }, text));
    const inHand: (() => void)[] = [];
    bot.decide = () => new Promise((resolve) => inHand.push(() => resolve({ kind: 'done' })));
    void bot.start();
    let begun = 16;
    for (const settled of [1, 1, 2, 4, 8, 8]) {
      await bot.until(`${begun} updates`, () => bot.seen.length === begun);
      expect(bot.seen).toEqual(sent.slice(0, begun));
      for (const settle of inHand.splice(3, settled)) settle();
      begun += settled;
    }
    bot.decide = async () => ({ kind: 'done' });
    await bot.until('all updates', () => bot.seen.length === 40);
    for (const settle of inHand) settle();
    await bot.server.drained();
  });

  it('asks on while it drains, so that a newcomer sees it, and confirms what is settled meanwhile', async ({
    bot,
  }) => {
    let release = (): void => {};
    const quick = bot.say(BORIS, 'quick');
    const slow = bot.say(ANNA, 'slow');
    bot.decide = async ({ update_id: id }) => {
      if (id === slow) await new Promise<void>((resolve) => (release = resolve));
      return { kind: 'done' };
    };
    const done = bot.start();
    await bot.until('both', () => bot.seen.includes(quick) && bot.seen.includes(slow));
    bot.stop.abort();
    const asked = bot.server.calls('getUpdates').length;
    await bot.until('two more looks', () => bot.server.calls('getUpdates').length >= asked + 2);
    expect(bot.server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([slow]);
    release();
    await done;
    expect(bot.server.pendingUpdates()).toEqual([]);
  });

  it('goes on after errors of the network and of Telegram', async ({ bot }) => {
    bot.server.fault({ method: 'getUpdates', fault: { kind: 'bad-gateway' } });
    bot.server.fault({ method: 'getUpdates', fault: { kind: 'reset' } });
    void bot.start();
    bot.say(ANNA, 'after the errors');
    await bot.server.drained();
    expect(bot.seen).toHaveLength(1);
    expect(bot.troubles.length).toBeGreaterThanOrEqual(2);
    expect(bot.troubles.join()).not.toContain(TOKEN);
  });

  it('bears a conflict that passes: a consumer that was frozen may have asked once more', async ({ bot }) => {
    void bot.start();
    await bot.until('the first request', () => bot.server.calls('getUpdates').length === 1);
    await fetch(`${bot.server.apiRoot}/bot${TOKEN}/getUpdates?timeout=1`);
    bot.say(ANNA, 'after the conflict');
    await bot.server.drained();
    expect(bot.seen).toHaveLength(1);
    expect(bot.troubles.join()).not.toContain(TOKEN);
  });

  it('asks for nothing while somebody else may be polling by now', async ({ bot }) => {
    bot.mayPoll = false;
    void bot.start();
    bot.say(ANNA, 'waits');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(bot.server.calls('getUpdates')).toEqual([]);
    bot.mayPoll = true;
    await bot.server.drained();
    expect(bot.seen).toHaveLength(1);
  });

  it('stops with Telegram’s own words when somebody else has the token, and deletes no webhook', async ({
    bot,
  }) => {
    await fetch(`${bot.server.apiRoot}/bot${TOKEN}/setWebhook?url=http://127.0.0.1:9/hook`);
    await expect(bot.start()).rejects.toThrow(TokenInUseError);
    await expect(bot.running).rejects.toThrow(/webhook is active/);
    expect(bot.server.calls('deleteWebhook')).toEqual([]);
  });

  it('stops as well while an update waits for its next attempt, and hands that back', async ({ bot }) => {
    bot.decide = async () => ({ kind: 'deferred', reason: 'telegram', retryAfterMs: 60_000 });
    const waits = bot.say(ANNA, 'waits');
    const stopped = bot.start().catch((error: unknown) => error);
    await bot.until('the first attempt', () => bot.seen.length === 1);
    await fetch(`${bot.server.apiRoot}/bot${TOKEN}/setWebhook?url=http://127.0.0.1:9/hook`);
    expect(await stopped).toBeInstanceOf(TokenInUseError);
    expect(bot.seen).toEqual([waits]);
    expect(bot.server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([waits]);
  });

  it('stops when its token is refused from now on, though an update waits for its next attempt', async ({
    bot,
  }) => {
    bot.decide = async () => ({ kind: 'deferred', reason: 'telegram', retryAfterMs: 60_000 });
    bot.say(ANNA, 'waits');
    const stopped = bot.start().catch((error: unknown) => error);
    await bot.until('the first attempt', () => bot.seen.length === 1);
    await bot.server.close();
    bot.server = await startBotApiServer({ port: bot.server.port, bots: {} });
    expect(String(await stopped)).toMatch(/401: Unauthorized/);
  });

  it('confirms nothing at its end while somebody else may be polling by now', async ({ bot }) => {
    let release = (): void => {};
    bot.decide = () => new Promise((resolve) => (release = () => resolve({ kind: 'done' })));
    bot.say(ANNA, 'in hand');
    const done = bot.start();
    await bot.until('the update in hand', () => bot.seen.length === 1);
    bot.mayPoll = false;
    bot.stop.abort();
    const asked = bot.server.calls('getUpdates').length;
    release();
    await done;
    expect(bot.server.calls('getUpdates')).toHaveLength(asked);
  });

  it('stops when the token is refused', async ({ bot }) => {
    await expect(bot.start('78:unknown')).rejects.toThrow(/Unauthorized/);
  });
});
