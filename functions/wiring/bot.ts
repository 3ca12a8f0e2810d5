import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createUpdateHandler } from '../bot/create-handler.ts';
import type { BotDeps } from '../bot/deps.ts';
import { MinuteLimiter } from '../bot/minute-limiter.ts';
import { DynamoFeedbackStore } from '../dynamodb/feedback-store.ts';
import { DynamoGapStore } from '../dynamodb/gap-store.ts';
import { DynamoPersonalData } from '../dynamodb/personal-data.ts';
import { DynamoQueryStore } from '../dynamodb/query-store.ts';
import { DynamoRateLimiter } from '../dynamodb/rate-limit.ts';
import { DynamoScriptStore } from '../dynamodb/script-store.ts';
import { DynamoStatusStore } from '../dynamodb/status-store.ts';
import { systemClock } from '../lease/clock.ts';
import type { UpdateHandler } from '../lease/verdict.ts';
import type { Settings } from '../settings/settings.ts';
import { botInfoOf } from '../telegram/bot-identity.ts';

export interface BotOver {
  /** What the consumer hands its updates to. */
  handle: UpdateHandler;
  /** Who the bot is, kept in memory once it is known. */
  botInfo: BotDeps['botInfo'];
}

/** The bot over one table. */
export function botOver(
  options: Pick<BotDeps, 'telegram' | 'botId' | 'knowledge' | 'health' | 'uploads' | 'onCall'> & {
    client: DynamoDBDocumentClient;
    settings: Settings;
  },
): BotOver {
  const { client, settings, telegram, botId } = options;
  const table = { client, tableName: settings.tableName };
  const status = new DynamoStatusStore(table);
  const botInfo = botInfoOf({ access: telegram, botId, stored: () => status.bot(botId) });
  const handle = createUpdateHandler({
    telegram,
    botId,
    botInfo,
    knowledge: options.knowledge,
    scripts: new DynamoScriptStore({ ...table, now: () => systemClock.wallMs() }),
    rateLimiter: new MinuteLimiter(new DynamoRateLimiter({ ...table, botId })),
    queries: new DynamoQueryStore(table),
    feedback: new DynamoFeedbackStore(table),
    gaps: new DynamoGapStore(table),
    personalData: new DynamoPersonalData({ ...table, botId }),
    uploads: options.uploads,
    health: options.health,
    settings,
    clock: systemClock,
    onCall: options.onCall,
  });
  return { handle, botInfo };
}
