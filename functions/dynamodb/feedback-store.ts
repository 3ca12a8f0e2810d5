import { paginateQuery, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FeedbackStore, Tally } from '../bot/feedback-store.ts';
import { toStoreError } from './client.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

export class DynamoFeedbackStore implements FeedbackStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async record(feedback: Parameters<FeedbackStore['record']>[0]): Promise<void> {
    const { atomId, userId, vote, updateId, nowMs, keepUntilMs, signal } = feedback;
    const item = {
      ...keys.feedback(atomId, userId),
      vote,
      update_id: updateId,
      voted_at: nowMs,
      [TTL_ATTRIBUTE]: Math.floor(keepUntilMs / 1000),
    };
    try {
      const put = new PutCommand({ TableName: this.#tableName, Item: item });
      await this.#client.send(put, { abortSignal: signal });
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async tally(atomId: string, nowMs: number): Promise<Tally> {
    const tally: Tally = { up: 0, down: 0 };
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: '#ttl > :now',
        ProjectionExpression: 'vote',
        ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ':pk': keys.feedback(atomId, 0).pk, ':now': Math.floor(nowMs / 1000) },
      },
    );
    try {
      for await (const { Items: items = [] } of pages) {
        for (const item of items) {
          const vote: unknown = item['vote'];
          if (vote === 'up' || vote === 'down') tally[vote] += 1;
        }
      }
      return tally;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
