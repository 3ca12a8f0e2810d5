import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RateLimiter, RateRequest, RateVerdict } from '../bot/rate-limiter.ts';
import { COUNT_KEPT_MS, windowStartMinute } from '../bot/rate-limiter.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';

/**
 * For limits that outlast a consumer: one write while a user is within the limit, one more for each update beyond it.
 */
export class DynamoRateLimiter implements RateLimiter {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #botId: string;

  constructor(options: { client: DynamoDBDocumentClient; tableName: string; botId: string }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#botId = options.botId;
  }

  /**
   * The update ids themselves are kept, not their number: an update that is handled again is no second one. There
   * are never more of them than the limit.
   */
  async count(request: RateRequest): Promise<RateVerdict> {
    try {
      await this.#update(request, {
        UpdateExpression: 'ADD #counted :one SET #ttl = :ttl',
        ConditionExpression:
          'attribute_not_exists(#counted) OR size(#counted) < :limit OR contains(#counted, :id)',
        ExpressionAttributeNames: { '#counted': request.kind, '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: {
          ':one': new Set([request.updateId]),
          ':id': request.updateId,
          ':limit': request.limit,
          ':ttl': expiryOf(request),
        },
      });
      return 'within';
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);
      return this.#tell(request);
    }
  }

  async #tell(request: RateRequest): Promise<RateVerdict> {
    try {
      await this.#update(request, {
        UpdateExpression: 'SET #told = :id',
        ConditionExpression: 'attribute_not_exists(#told) OR #told = :id',
        ExpressionAttributeNames: { '#told': `${request.kind}_told` },
        ExpressionAttributeValues: { ':id': request.updateId },
      });
      return 'told';
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);
      return 'over';
    }
  }

  async #update(
    { userId, nowMs, windowMs, signal }: RateRequest,
    update: Pick<
      UpdateCommand['input'],
      'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<void> {
    const key = keys.rate(this.#botId, userId, windowStartMinute(nowMs, windowMs));
    const command = new UpdateCommand({ TableName: this.#tableName, Key: key, ...update });
    await this.#client.send(command, signal && { abortSignal: signal });
  }
}

/** A new window has a new key, so nothing waits for its deletion. */
function expiryOf({ nowMs, windowMs }: RateRequest): number {
  return Math.ceil((nowMs + windowMs + COUNT_KEPT_MS) / 1000);
}
