import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { ManualClock } from './manual-clock.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall, type RawAnswer } from './raw-call.ts';

const OTHER_POLLER =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const HOOK = 'https://bot.example/telegram/webhook';

let clock: ManualClock;
let server: BotApiServer;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, clock });
  server.user(ada);
});

afterEach(() => server.close());

const say = (text: string): number => server.sendMessage({ from: ada.id, text }).updateId ?? 0;
const poll = (payload: object = {}): Promise<RawAnswer> => rawCall(server, 'getUpdates', payload);
const ids = (answer: RawAnswer): number[] =>
  (answer.result as { update_id: number }[]).map(({ update_id }) => update_id);

/** Starts a long poll and returns once the server holds it. */
async function waitingPoll(payload: object = {}): Promise<{ answer: Promise<RawAnswer> }> {
  const asked = clock.asked;
  const answer = poll({ timeout: 30, ...payload });
  for (let turns = 0; clock.asked === asked; turns++) {
    if (turns > 500) throw new Error('The call does not wait');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { answer };
}

describe('getUpdates', () => {
  test('returns what is pending, again and again until an offset confirms it', async () => {
    const [first, second] = [say('one'), say('two')];
    expect(second).toBe(first + 1);
    expect(ids(await poll())).toEqual([first, second]);
    expect(ids(await poll())).toEqual([first, second]);
    expect(ids(await poll({ offset: second }))).toEqual([second]);
    expect(ids(await poll({ offset: second + 1 }))).toEqual([]);
    expect(server.pendingUpdates()).toEqual([]);
  });

  test('returns no more than the limit', async () => {
    const [first] = [say('one'), say('two')];
    expect(ids(await poll({ limit: 1 }))).toEqual([first]);
  });

  test('with a negative offset keeps only the newest', async () => {
    const [first, second, third] = [say('one'), say('two'), say('three')];
    expect(ids(await poll({ offset: -1 }))).toEqual([third]);
    expect(server.droppedUpdates()).toMatchObject([
      { updateId: first, reason: 'negative offset' },
      { updateId: second, reason: 'negative offset' },
    ]);
  });

  test('waits for an update up to its timeout', async () => {
    const { answer } = await waitingPoll({ timeout: 10 });
    const updateId = say('hello');
    expect(ids(await answer)).toEqual([updateId]);

    const empty = await waitingPoll({ offset: updateId + 1, timeout: 10 });
    clock.advance(10_000);
    expect(ids(await empty.answer)).toEqual([]);
  });

  test('waits no longer than 50 s', async () => {
    const { answer } = await waitingPoll({ timeout: 3_600 });
    clock.advance(50_000);
    expect(ids(await answer)).toEqual([]);
  });

  test('does not return what has expired', async () => {
    const { updateId } = server.inlineQuery({ from: ada.id, query: 'motor' });
    clock.advance(30_001);
    expect(ids(await poll())).toEqual([]);
    expect(server.droppedUpdates()).toMatchObject([{ updateId, reason: 'expired' }]);
  });

  test('keeps an update whose poller hung up before it came', async () => {
    const hangUp = new AbortController();
    const waiting = rawCall(server, 'getUpdates', { timeout: 30 }, { signal: hangUp.signal });
    const outcome = expect(waiting).rejects.toThrow();
    await server.until('the call', () => server.calls('getUpdates').length === 1);
    const ended = new Promise((resolve) =>
      server.subscribe((event) => event.type === 'call-ended' && resolve(event)),
    );
    hangUp.abort();
    await outcome;
    await ended;
    const updateId = say('hello');
    expect(ids(await poll())).toEqual([updateId]);
  });

  test('returns an update again that is delivered twice', async () => {
    const updateId = say('hello');
    await poll({ offset: updateId + 1 });
    await server.redeliver(updateId);
    expect(ids(await poll({ offset: updateId }))).toEqual([updateId]);
  });
});

describe('update ids', () => {
  test('start at random and again after a week without updates', async () => {
    const first = say('one');
    clock.advance(6 * 86_400_000);
    expect(say('two')).toBe(first + 1);
    clock.advance(7 * 86_400_000 + 1);
    const later = say('three');
    expect(Math.abs(later - first)).toBeGreaterThan(2);
    expect(ids(await poll({ offset: Math.max(first, later) + 1_000 }))).toContain(later);
  });
});

describe('allowed_updates', () => {
  test('keep kinds from the bot that it does not want', async () => {
    await poll({ allowed_updates: ['message'] });
    expect(server.inlineQuery({ from: ada.id, query: 'motor' }).updateId).toBeUndefined();
    const updateId = say('hello');
    expect(ids(await poll())).toEqual([updateId]);
  });

  test('stay as they are when left out, and are all but three kinds when empty', async () => {
    await poll({ allowed_updates: ['inline_query'] });
    await poll();
    expect(server.sendMessage({ from: ada.id, text: 'hello' }).updateId).toBeUndefined();
    await poll({ allowed_updates: [] });
    expect(server.sendMessage({ from: ada.id, text: 'hello' }).updateId).toBeDefined();
    expect(await rawCall(server, 'getWebhookInfo')).not.toHaveProperty('result.allowed_updates');
  });

  test('ignore unknown names and what is no list', async () => {
    await poll({ allowed_updates: ['message', 'nonsense'] });
    expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({
      result: { allowed_updates: ['message'] },
    });
    await poll({ allowed_updates: 'everything' });
    expect(await rawCall(server, 'getWebhookInfo')).toMatchObject({
      result: { allowed_updates: ['message'] },
    });
  });
});

describe('a 409 Conflict', () => {
  test('meets the poller whose place another takes', async () => {
    const first = await waitingPoll();
    const second = await waitingPoll();
    expect(await first.answer).toMatchObject({ status: 409, error_code: 409, description: OTHER_POLLER });
    const updateId = say('hello');
    expect(ids(await second.answer)).toEqual([updateId]);
  });

  test('does not meet a poller when another only looks', async () => {
    const first = await waitingPoll();
    expect(await poll()).toMatchObject({ ok: true });
    const updateId = say('hello');
    expect(ids(await first.answer)).toEqual([updateId]);
  });

  test('is held back when it is not the first within three seconds', async () => {
    const first = await waitingPoll();
    const second = await waitingPoll();
    await first.answer;
    const third = await waitingPoll();
    let answered = false;
    const late = second.answer.then((answer) => ((answered = true), answer));
    clock.advance(2_999);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(answered).toBe(false);
    clock.advance(1);
    expect(await late).toMatchObject({ status: 409, description: OTHER_POLLER });
    clock.advance(30_000);
    await third.answer;
  });

  test('meets a poller while a webhook is set', async () => {
    await rawCall(server, 'setWebhook', { url: HOOK });
    expect(await poll()).toMatchObject({
      status: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    });
  });

  test('meets the poller that waits when a webhook is set', async () => {
    const { answer } = await waitingPoll();
    await rawCall(server, 'setWebhook', { url: HOOK });
    expect(await answer).toMatchObject({
      status: 409,
      description: 'Conflict: terminated by setWebhook request',
    });
  });
});
