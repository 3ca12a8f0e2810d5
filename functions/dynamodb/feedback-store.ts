import { paginateQuery, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type AtomTally, type FeedbackStore, MAX_TALLIED_ATOMS, type Tally } from '../bot/feedback-store.ts';
import { dayOf } from '../bot/gap-store.ts';
import { mapInParallel } from '../lease/in-parallel.ts';
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
    const put = (item: Record<string, unknown>): Promise<unknown> => {
      const Item = { ...item, [TTL_ATTRIBUTE]: Math.floor(keepUntilMs / 1000) };
      return this.#client.send(new PutCommand({ TableName: this.#tableName, Item }), { abortSignal: signal });
    };
    try {
      // Before the vote, so that none is there that its user, or the list of a day, could not find.
      await Promise.all([
        put({ ...keys.userVote(userId, atomId), atom_id: atomId }),
        put({ ...keys.voted(dayOf(nowMs), atomId), atom_id: atomId }),
      ]);
      await put({ ...keys.feedback(atomId, userId), vote, update_id: updateId, voted_at: nowMs });
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

  async listBad({ days, limit, nowMs }: Parameters<FeedbackStore['listBad']>[0]): Promise<AtomTally[]> {
    const atomIds = await this.#votedOn([...days].sort().reverse(), nowMs);
    const tallies = await mapInParallel(atomIds, async (atomId) => ({
      atomId,
      ...(await this.tally(atomId, nowMs)),
    }));
    return tallies
      .filter(({ down }) => down > 0)
      .sort((a, b) => b.down - b.up - (a.down - a.up) || b.down - a.down || (a.atomId < b.atomId ? -1 : 1))
      .slice(0, limit);
  }

  async #votedOn(days: readonly string[], nowMs: number): Promise<string[]> {
    const atomIds = new Set<string>();
    try {
      for (const day of days) {
        const pages = paginateQuery(
          { client: this.#client },
          {
            TableName: this.#tableName,
            KeyConditionExpression: 'pk = :pk',
            FilterExpression: '#ttl > :now',
            ProjectionExpression: 'atom_id',
            ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
            ExpressionAttributeValues: { ':pk': keys.voted(day, '').pk, ':now': Math.floor(nowMs / 1000) },
          },
        );
        for await (const { Items: items = [] } of pages) {
          for (const item of items) {
            if (atomIds.size === MAX_TALLIED_ATOMS) return [...atomIds];
            atomIds.add(String(item['atom_id']));
          }
        }
      }
      return [...atomIds];
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
