import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { GrantSource } from '../../../functions/lease/grant.ts';
import { changeLayout } from '../../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import {
  PollingBot,
  standingTermMs,
  type PollingOptions,
} from '../../../functions/local/polling/polling-bot.ts';
import { Standby } from '../../../functions/local/polling/standby.ts';
import { describeOnEveryStore } from '../../fixtures/dynamodb-endpoints.ts';
import { createWorld, DEADLINE_MS, gate, SKEW_MS, type TestHandler } from '../../lease/world.ts';

const TOKEN = '89:polling-lease-test';
const ANNA = { id: 10, first_name: 'Anna' };
const TERM_MS = standingTermMs(DEADLINE_MS);

describeOnEveryStore('the lease of a bot that polls', (store) => {
  let telegram: BotApiServer;
  beforeAll(async () => {
    telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: 89, username: 'polling_lease_bot', first_name: 'P' } },
    });
    telegram.user(ANNA);
  });
  afterAll(() => telegram.close());

  /** A bot that has its lease and polls, under a clock that only the test moves. */
  const begin = async (handler: TestHandler) => {
    const world = await createWorld(store);
    const process = world.start('poller');
    const foundation = {
      protocol: { context: process.context, layout: process.layout },
      consumerUnder: (standing: GrantSource) => {
        const handling = world.start('poller', { grants: () => standing });
        handling.on(handler);
        return handling.consumer;
      },
    } as unknown as PollingOptions['foundation'];
    const bot = new PollingBot({
      foundation,
      telegram: { token: TOKEN, apiRoot: telegram.apiRoot },
      isOwnServer: true,
      handlerDeadlineMs: DEADLINE_MS,
      say: () => {},
    });
    const stop = new AbortController();
    await bot.take(stop.signal);
    const polls = (): number => telegram.calls('getUpdates').length;
    const before = polls();
    const finished = bot.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await world.clock.advanceUntil(finished, TERM_MS);
    });
    await expect.poll(polls, { interval: 5 }).toBeGreaterThan(before);
    return { world, process, bot, polls, stop, finished };
  };

  it.each(['was polled', 'is a replay'])('is renewed at its end while what %s is waited for', async (how) => {
    const [begun, end] = [gate(), gate()];
    const { world, process, bot, stop, finished } = await begin(async () => {
      begun.open();
      await end.opened;
    });
    if (how === 'was polled') telegram.sendMessage({ from: ANNA, text: 'in hand' });
    else void bot.consumer.consume({ update: { update_id: 1 }, orderingKey: 1, deadlineMs: DEADLINE_MS });
    await begun.opened;
    stop.abort();
    // Time enough to end the polling, beside which a replay is in hand.
    await sleep(200);
    const renewals = (): number => process.traffic.kinds().filter((kind) => kind === 'renew').length;
    const before = renewals();
    world.clock.advance(TERM_MS / 3);
    await expect.poll(renewals, { interval: 5 }).toBeGreaterThan(before);
    end.open();
    await finished;
    expect(process.events.map(({ type }) => type)).toContain('released');
  });

  it('lets it ask for nothing once it has lapsed, until a renewal shows that nobody took it', async () => {
    const handled: number[] = [];
    const { world, process, polls } = await begin(async ({ update_id: id }) => void handled.push(id));
    const before = polls();
    world.clock.freeze(TERM_MS - SKEW_MS);
    const { updateId } = telegram.sendMessage({ from: ANNA, text: 'after the pause' });
    await sleep(300);
    expect(polls()).toBe(before);
    world.clock.advance(TERM_MS / 3);
    const isRenewed = (): boolean => process.events.some(({ type }) => type === 'renewed');
    await expect.poll(isRenewed, { interval: 5 }).toBe(true);
    world.clock.advance(TERM_MS / 3);
    await expect.poll(() => handled, { interval: 5 }).toEqual([updateId]);
  });

  it.each(['retired', 'missing'])(
    'is asked for ever more seldom while it is %s, and taken by who stands by when it is mended',
    async (what) => {
      const world = await createWorld(store);
      const [process, operator] = [world.start('standby'), world.start('operator')];
      const key = { epoch: 1, partition: 0 };
      if (what === 'missing') await world.remove(key);
      else await world.leases.retire({ key, attemptId: 'cut short', staleBeforeMs: 0 });
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      const { clock } = world;
      const standby = new Standby({
        readLease: async () => world.leases.read({ ...key, epoch: (await process.layout.reread()).epoch }),
        isDead: () => false,
        holder: 'standby',
        webhookHost: async () => undefined,
        isWebhookUnwanted: async () => false,
        neighbour: async () => undefined,
        clock,
        skewMs: SKEW_MS,
        termMs: TERM_MS,
        say,
      });
      const bot = new PollingBot({
        foundation: {
          protocol: { context: process.context, layout: process.layout },
          consumerUnder: () => process.consumer,
        },
        telegram: { token: TOKEN, apiRoot: telegram.apiRoot },
        isOwnServer: true,
        handlerDeadlineMs: DEADLINE_MS,
        standby,
        say,
      });
      const taken = bot.take(new AbortController().signal);
      const refusals = (): number => process.events.filter(({ type }) => type === 'partition-stopped').length;
      await expect.poll(refusals, { interval: 5 }).toBeGreaterThan(0);
      for (let passedMs = 0; passedMs < 600_000; passedMs += 5_000) {
        clock.advance(5_000);
        await sleep(2);
      }
      expect(refusals()).toBeLessThan(20);
      expect(said).toHaveLength(1);
      const options = { partitions: 1, patienceMs: 0, repairAfterMs: 1_000 };
      await clock.advanceUntil(changeLayout(operator.context, options), 60_000);
      await clock.advanceUntil(taken, 60_000);
      expect(bot.tokens).toHaveLength(1);
      await bot.release();
    },
  );
});
