import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Update } from 'grammy/types';
import { systemClock } from '../../functions/lease/clock.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { PAGE, Poller, type PollerOptions } from '../../functions/local/poller.ts';
import { TokenInUseError } from '../../functions/local/token-claim.ts';
import { ALLOWED_UPDATES } from '../../functions/telegram/allowed-updates.ts';

/** The claim of a poller that is established. */
const ESTABLISHED: PollerOptions['claim'] = {
  assure: async () => {},
  polled: () => {},
  conflict: ({ description }) => {
    if (!description.includes('getUpdates request')) throw new TokenInUseError(description);
  },
};
const TOKEN = '77:poller-test-token';
const ANNA = { id: 10, first_name: 'Anna' };
const BORIS = { id: 11, first_name: 'Boris' };

describe('the poller', () => {
  let server: BotApiServer;
  let stop: AbortController;
  let seen: number[];
  let decide: (update: Update) => Promise<Outcome>;
  let running: Promise<void> | undefined;
  let mayPoll: boolean;
  const troubles: string[] = [];
  const heldBackBy: number[] = [];
  let defects: unknown[];

  beforeEach(async () => {
    server = await startBotApiServer({
      bots: { [TOKEN]: { id: 77, username: 'poller_bot', first_name: 'P' } },
    });
    stop = new AbortController();
    seen = [];
    running = undefined;
    mayPoll = true;
    defects = [];
    decide = async () => ({ kind: 'done' });
  });
  afterEach(async () => {
    stop.abort();
    await running?.catch(() => {});
    await server.close();
  });

  const start = (): Promise<void> => {
    const poller = new Poller({
      token: TOKEN,
      apiRoot: server.apiRoot,
      allowedUpdates: ALLOWED_UPDATES,
      consumer: {
        consume: ({ update }) => {
          seen.push(update.update_id);
          return decide(update);
        },
      },
      claim: ESTABLISHED,
      clock: systemClock,
      deadlineMs: 1_000,
      mayPoll: () => mayPoll,
      onOutcome: () => {},
      onDefect: (error) => defects.push(error),
      onAnswered: () => {},
      onTrouble: (error) => troubles.push(error.message),
      onHeldBack: (updateId) => heldBackBy.push(updateId),
    });
    running = poller.run(stop.signal);
    return running;
  };
  const say = (from: { id: number; first_name: string }, text: string): number =>
    server.sendMessage({ from, text }).updateId!;
  const until = (what: string, probe: () => boolean) => server.until(what, probe);

  it('hands each chat’s updates over in order, once each, and confirms them', async () => {
    void start();
    const [one, two, other] = [say(ANNA, 'one'), say(ANNA, 'two'), say(BORIS, 'three')];
    await server.drained();
    expect(seen.filter((id) => id !== other)).toEqual([one, two]);
    expect([...seen].sort()).toEqual([one, two, other].sort());
  });

  it('lets an update that fails hold back its own chat only, and tries it again', async () => {
    let failures = 2;
    const failing = say(ANNA, 'fails twice');
    decide = async ({ update_id: id }) =>
      id === failing && failures-- > 0 ? { kind: 'failed', error: 'x' } : { kind: 'done' };
    void start();
    const [second, other] = [say(ANNA, 'waits'), say(BORIS, 'does not wait')];
    await server.drained();
    expect(seen.filter((id) => id === failing)).toHaveLength(3);
    expect(seen.indexOf(other)).toBeLessThan(seen.lastIndexOf(failing));
    expect(seen.indexOf(second)).toBeGreaterThan(seen.lastIndexOf(failing));
  });

  it('lets a defect hold back its own chat only, and goes on', async () => {
    const defect = new Error('nobody thought of this');
    let throws = 2;
    const broken = say(ANNA, 'throws twice');
    const behind = say(ANNA, 'behind it');
    const other = say(BORIS, 'other chat');
    decide = async ({ update_id: id }) => {
      if (id === broken && throws-- > 0) throw defect;
      return { kind: 'done' };
    };
    void start();
    await server.drained();
    expect(seen).toHaveLength(5);
    expect(seen.filter((id) => id !== other)).toEqual([broken, broken, broken, behind]);
    expect(seen.indexOf(other)).toBeLessThan(seen.indexOf(behind));
    expect(defects).toStrictEqual([defect, defect]);
  });

  it('says once when a whole page is held back by one that waits, and goes on when it is settled', async () => {
    heldBackBy.length = 0;
    let isWaiting = true;
    const first = say(ANNA, 'waits');
    decide = async ({ update_id: id }) =>
      id === first && isWaiting ? { kind: 'busy', retryAfterMs: 50 } : { kind: 'done' };
    for (let others = 1; others < PAGE; others += 1) say(BORIS, `${others}`);
    void start();
    await until('the page to be noticed', () => heldBackBy.length > 0);
    const beyond = say(BORIS, 'beyond the page');
    const polls = () => server.calls('getUpdates').length;
    const before = polls();
    await until('two more looks', () => polls() > before + 2);
    expect(heldBackBy).toEqual([first]);
    expect(seen).not.toContain(beyond);
    isWaiting = false;
    await server.drained();
    expect(seen).toContain(beyond);
    expect(heldBackBy).toEqual([first]);
  });

  it('never confirms an update that is not settled', async () => {
    decide = async () => ({ kind: 'busy', retryAfterMs: 60_000 });
    const first = say(ANNA, 'stays');
    const done = start();
    await until('the first attempt', () => seen.length === 1);
    stop.abort();
    await done;
    expect(server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([first]);
  });

  it('drains when it is stopped: the update in hand is settled and confirmed, no other begun', async () => {
    let release = (): void => {};
    decide = () => new Promise((resolve) => (release = () => resolve({ kind: 'done' })));
    const inHand = say(ANNA, 'in hand');
    const done = start();
    await until('the update in hand', () => seen.length === 1);
    const later = say(ANNA, 'later');
    stop.abort();
    let hasEnded = false;
    void done.then(() => (hasEnded = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hasEnded).toBe(false);
    release();
    await done;
    expect(seen).toEqual([inHand]);
    expect(server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([later]);
  });

  it('begins at its stop what lies before something settled, so that all of it is confirmed', async () => {
    let release = (): void => {};
    const first = say(ANNA, 'in hand');
    const before = say(ANNA, 'waits for the one in hand');
    const settled = say(BORIS, 'settled');
    const behind = say(ANNA, 'behind them');
    decide = async ({ update_id: id }) => {
      if (id === first) await new Promise<void>((resolve) => (release = resolve));
      return { kind: 'done' };
    };
    const done = start();
    await until('the other chat', () => seen.includes(settled));
    stop.abort();
    release();
    await done;
    expect(seen.toSorted()).toEqual([first, before, settled].toSorted());
    expect(server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([behind]);
  });

  it('tries once more at its stop what had no turn in time and lies before something settled', async () => {
    const [late, settled] = [say(ANNA, 'had no turn in time'), say(BORIS, 'settled')];
    let isLate = true;
    decide = async ({ update_id: id }) =>
      id === late && isLate ? { kind: 'busy', retryAfterMs: 60_000 } : { kind: 'done' };
    const done = start();
    await until('the other chat', () => seen.includes(settled) && seen.includes(late));
    isLate = false;
    stop.abort();
    await done;
    expect(seen.filter((id) => id === late)).toHaveLength(2);
    expect(server.pendingUpdates()).toEqual([]);
  });

  it('handles sixteen at once, the first received first', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `${index}`);
    const sent = texts.map((text, index) => say({ id: 100 + index, first_name: 'U' }, text));
    const inHand: (() => void)[] = [];
    decide = () => new Promise((resolve) => inHand.push(() => resolve({ kind: 'done' })));
    void start();
    let begun = 16;
    for (const settled of [1, 1, 2, 4, 8, 8]) {
      await until(`${begun} updates`, () => seen.length === begun);
      expect(seen).toEqual(sent.slice(0, begun));
      for (const settle of inHand.splice(3, settled)) settle();
      begun += settled;
    }
    decide = async () => ({ kind: 'done' });
    await until('all updates', () => seen.length === 40);
    for (const settle of inHand) settle();
    await server.drained();
  });

  it('asks on while it drains, so that a newcomer sees it, and confirms what is settled meanwhile', async () => {
    let release = (): void => {};
    const quick = say(BORIS, 'quick');
    const slow = say(ANNA, 'slow');
    decide = async ({ update_id: id }) => {
      if (id === slow) await new Promise<void>((resolve) => (release = resolve));
      return { kind: 'done' };
    };
    const done = start();
    await until('both', () => seen.includes(quick) && seen.includes(slow));
    stop.abort();
    const asked = server.calls('getUpdates').length;
    await until('two more looks', () => server.calls('getUpdates').length >= asked + 2);
    expect(server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([slow]);
    release();
    await done;
    expect(server.pendingUpdates()).toEqual([]);
  });

  it('goes on after errors of the network and of Telegram', async () => {
    server.fault({ method: 'getUpdates', fault: { kind: 'bad-gateway' } });
    server.fault({ method: 'getUpdates', fault: { kind: 'reset' } });
    void start();
    say(ANNA, 'after the errors');
    await server.drained();
    expect(seen).toHaveLength(1);
    expect(troubles.length).toBeGreaterThanOrEqual(2);
    expect(troubles.join()).not.toContain(TOKEN);
  });

  it('bears a conflict that passes: a consumer that was frozen may have asked once more', async () => {
    void start();
    await until('the first request', () => server.calls('getUpdates').length === 1);
    await fetch(`${server.apiRoot}/bot${TOKEN}/getUpdates?timeout=1`);
    say(ANNA, 'after the conflict');
    await server.drained();
    expect(seen).toHaveLength(1);
    expect(troubles.join()).not.toContain(TOKEN);
  });

  it('asks for nothing while somebody else may be polling by now', async () => {
    mayPoll = false;
    void start();
    say(ANNA, 'waits');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(server.calls('getUpdates')).toEqual([]);
    mayPoll = true;
    await server.drained();
    expect(seen).toHaveLength(1);
  });

  it('stops with Telegram’s own words when somebody else has the token, and deletes no webhook', async () => {
    await fetch(`${server.apiRoot}/bot${TOKEN}/setWebhook?url=http://127.0.0.1:9/hook`);
    await expect(start()).rejects.toThrow(TokenInUseError);
    await expect(running).rejects.toThrow(/webhook is active/);
    expect(server.calls('deleteWebhook')).toEqual([]);
  });

  it('stops as well while an update waits for its next attempt, and hands that back', async () => {
    decide = async () => ({ kind: 'deferred', reason: 'telegram', retryAfterMs: 60_000 });
    const waits = say(ANNA, 'waits');
    const stopped = start().catch((error: unknown) => error);
    await until('the first attempt', () => seen.length === 1);
    await fetch(`${server.apiRoot}/bot${TOKEN}/setWebhook?url=http://127.0.0.1:9/hook`);
    expect(await stopped).toBeInstanceOf(TokenInUseError);
    expect(seen).toEqual([waits]);
    expect(server.pendingUpdates().map(({ update_id: id }) => id)).toEqual([waits]);
  });

  it('stops when its token is refused from now on, though an update waits for its next attempt', async () => {
    decide = async () => ({ kind: 'deferred', reason: 'telegram', retryAfterMs: 60_000 });
    say(ANNA, 'waits');
    const stopped = start().catch((error: unknown) => error);
    await until('the first attempt', () => seen.length === 1);
    await server.close();
    server = await startBotApiServer({ port: server.port, bots: {} });
    expect(String(await stopped)).toMatch(/401: Unauthorized/);
  });

  it('confirms nothing at its end while somebody else may be polling by now', async () => {
    let release = (): void => {};
    decide = () => new Promise((resolve) => (release = () => resolve({ kind: 'done' })));
    say(ANNA, 'in hand');
    const done = start();
    await until('the update in hand', () => seen.length === 1);
    mayPoll = false;
    stop.abort();
    const asked = server.calls('getUpdates').length;
    release();
    await done;
    expect(server.calls('getUpdates')).toHaveLength(asked);
  });

  it('stops when the token is refused', async () => {
    const wrong = new Poller({
      token: '78:unknown',
      apiRoot: server.apiRoot,
      allowedUpdates: ALLOWED_UPDATES,
      consumer: { consume: async () => ({ kind: 'done' }) },
      claim: ESTABLISHED,
      clock: systemClock,
      deadlineMs: 1_000,
      mayPoll: () => true,
      onOutcome: () => {},
      onDefect: () => {},
      onAnswered: () => {},
      onTrouble: () => {},
      onHeldBack: () => {},
    });
    await expect(wrong.run(stop.signal)).rejects.toThrow(/Unauthorized/);
  });
});
