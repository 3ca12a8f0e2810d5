import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createUpdateHandler } from '../bot/create-handler.ts';
import type { BotDeps } from '../bot/deps.ts';
import { MinuteLimiter } from '../bot/minute-limiter.ts';
import { DynamoQueryStore } from '../dynamodb/query-store.ts';
import { DynamoScriptStore } from '../dynamodb/script-store.ts';
import { systemClock, type Clock } from '../lease/clock.ts';
import type { UpdateHandler } from '../lease/verdict.ts';
import type { Settings } from '../settings/settings.ts';
import { botInfoOf } from '../telegram/bot-identity.ts';
import { feedbackStoreOf, gapStoreOf, personalDataOf, rateLimiterOf, statusStoreOf } from './stores.ts';

export interface BotOver {
  /** The handler that the consumer hands its updates to. */
  handle: UpdateHandler;
  /** The bot's identity, kept in memory once it is known. */
  botInfo: BotDeps['botInfo'];
}

interface BotOptions extends Pick<
  BotDeps,
  'telegram' | 'botId' | 'knowledge' | 'languages' | 'health' | 'uploads' | 'onCall'
> {
  client: DynamoDBDocumentClient;
  settings: Settings;
  /** The platform's by default. */
  clock?: Clock;
}

/** The dependencies of the bot, over one table. */
export function botDepsOf({ client, clock = systemClock, ...given }: BotOptions): BotDeps {
  const { settings, telegram, botId } = given;
  const table = { client, tableName: settings.tableName };
  return {
    ...given,
    botInfo: botInfoOf({ access: telegram, botId, stored: () => statusStoreOf(table).bot(botId) }),
    scripts: new DynamoScriptStore({ ...table, now: () => clock.wallMs() }),
    rateLimiter: new MinuteLimiter(rateLimiterOf({ ...table, botId })),
    queries: new DynamoQueryStore(table),
    feedback: feedbackStoreOf(table),
    gaps: gapStoreOf(table),
    personalData: personalDataOf({ ...table, botId }),
    clock,
  };
}

/** The bot over one table. */
export function botOver(options: BotOptions): BotOver {
  const deps = botDepsOf(options);
  return { handle: createUpdateHandler(deps), botInfo: deps.botInfo };
}
