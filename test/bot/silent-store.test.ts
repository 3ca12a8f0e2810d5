import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Message, Update } from 'grammy/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpdateHandler } from '../../functions/bot/create-handler.ts';
import type { BotDeps } from '../../functions/bot/deps.ts';
import { DynamoFeedbackStore } from '../../functions/dynamodb/feedback-store.ts';
import { DynamoGapStore } from '../../functions/dynamodb/gap-store.ts';
import { DynamoQueryStore } from '../../functions/dynamodb/query-store.ts';
import { DynamoRateLimiter } from '../../functions/dynamodb/rate-limiter.ts';
import { DynamoScriptStore } from '../../functions/dynamodb/script-store.ts';
import { Countdown, systemClock } from '../../functions/lease/clock.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { Tenure } from '../../functions/lease/tenure.ts';
import { buttonsOf, startTestBot, type TestBot } from '../fixtures/conversation.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';

const ADA = { id: 500, first_name: 'Ada', language_code: 'en' };
const ATOM = 'generic:analog:linear-scaling';
const LONG_QUERY = 'the motor hums and does not start, whatever I do to the contactor';
const GRACE_MS = 2_000;

/** A store that takes every request and answers none. */
describe('a write of the bot’s that the store does not answer', () => {
  let silent: Server;
  let hear: () => void;
  let client: DynamoDBDocumentClient;
  let bot: TestBot;
  beforeAll(async () => {
    silent = createServer((request) => request.resume().on('end', () => hear()));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    client = localClient(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    bot = await startTestBot();
    bot.server.user(ADA);
  });
  afterAll(async () => {
    await bot.close();
    client.destroy();
    silent.closeAllConnections();
    silent.close();
  });

  const say = (text: string) => async () => void bot.server.sendMessage({ from: ADA.id, text });
  const vote = async (): Promise<void> => {
    const { messages } = await bot.chat(ADA).say(`/kb_get ${ATOM}`);
    const [message] = messages as [Message];
    const { data } = buttonsOf(message).find(({ text }) => text.startsWith('👍'))!;
    bot.server.pressButton({ from: ADA.id, message: message.message_id, data: data! });
  };
  const table = (): { client: DynamoDBDocumentClient; tableName: string } => ({
    client,
    tableName: 'silent',
  });

  it.each<[string, () => Partial<BotDeps>, () => Promise<void>]>([
    [
      'of what a user may ask',
      () => ({ rateLimiter: new DynamoRateLimiter({ ...table(), botId: '1' }) }),
      say('motor'),
    ],
    ['of a question without an answer', () => ({ gaps: new DynamoGapStore(table()) }), say('zzqxv')],
    ['of a long query', () => ({ queries: new DynamoQueryStore(table()) }), say(LONG_QUERY)],
    [
      'of a script',
      () => ({ scripts: new DynamoScriptStore({ ...table(), now: Date.now }) }),
      say('/generate_script ladder logic basics'),
    ],
    ['of a vote', () => ({ feedback: new DynamoFeedbackStore(table()) }), vote],
  ])('ends with the tenure, so that the update can be settled: that %s', async (_of, silenced, act) => {
    let update: Update | undefined;
    const stop = bot.server.subscribe((event) => {
      if (event.type === 'update-queued') update = event.update;
    });
    await act();
    stop();
    const deadline = new Countdown(systemClock, 60_000);
    let lease = deadline;
    const clock = systemClock;
    const tenure = new Tenure({
      updateId: 1,
      fencingToken: 1,
      lease: () => lease,
      deadline,
      skewMs: 0,
      clock,
    });
    const asked = new Promise<void>((resolve) => (hear = resolve));
    const handle = createUpdateHandler({ ...bot.deps, ...silenced() });
    const thrown = handle(update!, tenure).catch(({ error }: { error: unknown }) => error);
    await asked;
    lease = new Countdown(clock, 0);
    tenure.revoke();
    expect(await tenure.close(GRACE_MS)).toBe(true);
    expect(await thrown).toBeInstanceOf(StoreUnavailableError);
  });
});
