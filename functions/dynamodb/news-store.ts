import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { NEWS_CLAIM_MS, type NewsStore } from '../bot/knowledge-news.ts';
import { isConditionFailed, toStoreError } from './client.ts';
import { allOf, anyOf, type TableOptions, type Update } from './conditional-update.ts';
import { keys } from './keys.ts';

export class DynamoNewsStore implements NewsStore {
  readonly #table: TableOptions;
  readonly #now: () => number;

  constructor({ now = Date.now, ...table }: TableOptions & { now?: () => number }) {
    this.#table = table;
    this.#now = now;
  }

  async claim(revision: number): Promise<boolean> {
    const nowMs = this.#now();
    return this.#update({
      UpdateExpression:
        'SET claimed_revision = :revision, claim_attempt_id = :attempt, claimed_until_ms = :until',
      ConditionExpression: allOf(
        NOT_TOLD,
        anyOf(
          'attribute_not_exists(claim_attempt_id)',
          'claimed_revision < :revision',
          'claimed_until_ms < :now',
          // This very request, which the SDK repeats when its answer was lost.
          'claim_attempt_id = :attempt',
        ),
      ),
      ExpressionAttributeValues: {
        ':revision': revision,
        ':attempt': randomUUID(),
        ':until': nowMs + NEWS_CLAIM_MS,
        ':now': nowMs,
      },
    });
  }

  async recordTold(revision: number): Promise<void> {
    await this.#update({
      UpdateExpression: 'SET revision = :revision',
      ConditionExpression: NOT_TOLD,
      ExpressionAttributeValues: { ':revision': revision },
    });
  }

  /** A process that is refused need not know what stands in its way, so no role may read it. */
  async #update(update: Update): Promise<boolean> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(new UpdateCommand({ TableName: tableName, Key: keys.news(scope), ...update }));
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw toStoreError(error);
    }
  }
}

const NOT_TOLD = 'attribute_not_exists(revision) OR revision < :revision';
