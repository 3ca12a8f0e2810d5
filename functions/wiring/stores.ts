import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FeedbackStore } from '../bot/feedback-store.ts';
import type { GapStore } from '../bot/gap-store.ts';
import type { NewsStore } from '../bot/knowledge-news.ts';
import type { LanguageStore } from '../bot/language-store.ts';
import type { PersonalData } from '../bot/personal-data.ts';
import type { RateLimiter } from '../bot/rate-limiter.ts';
import { DynamoFeedbackStore } from '../dynamodb/feedback-store.ts';
import { DynamoGapStore } from '../dynamodb/gap-store.ts';
import { DynamoKnowledgeStore } from '../dynamodb/knowledge-store.ts';
import { DynamoLanguageStore } from '../dynamodb/language-store.ts';
import { DynamoNewsStore } from '../dynamodb/news-store.ts';
import { DynamoPersonalData } from '../dynamodb/personal-data.ts';
import { DynamoRateLimiter } from '../dynamodb/rate-limiter.ts';
import { DynamoStatusStore } from '../dynamodb/status-store.ts';
import type { KnowledgeStore } from '../knowledge/store.ts';
import type { StatusStore } from '../status/status-store.ts';

export interface Table {
  client: DynamoDBDocumentClient;
  tableName: string;
}

/** The part of a table, perhaps shared, that one bot keeps for itself. */
interface BotTable extends Table {
  botId: string;
}

// One function a port, so that a bundle carries no store that it does not open.

export const statusStoreOf = (table: Table): StatusStore => new DynamoStatusStore(table);
export const knowledgeStoreOf = (table: Table): KnowledgeStore => new DynamoKnowledgeStore(table);
export const gapStoreOf = (table: Table): GapStore => new DynamoGapStore(table);
export const feedbackStoreOf = (table: Table): FeedbackStore => new DynamoFeedbackStore(table);
export const rateLimiterOf = (table: BotTable): RateLimiter => new DynamoRateLimiter(table);
export const personalDataOf = (table: BotTable): PersonalData => new DynamoPersonalData(table);
export const languageStoreOf = (table: BotTable): LanguageStore => new DynamoLanguageStore(table);
export const newsStoreOf = ({ botId, ...table }: BotTable): NewsStore =>
  new DynamoNewsStore({ ...table, scope: botId });
