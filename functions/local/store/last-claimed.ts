import { paginateScan, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { toStoreError } from '../../dynamodb/client.ts';
import { keys } from '../../dynamodb/keys.ts';

/**
 * The ids of the updates of a bot that were claimed last, the newest first. It looks at every item, which costs nothing
 * on a machine of one's own; a table on AWS is never scanned.
 * @throws StoreUnavailableError
 */
export async function lastClaimed(
  { client, tableName, scope }: { client: DynamoDBDocumentClient; tableName: string; scope: string },
  limit: number,
): Promise<number[]> {
  const begin = keys.update(scope, 0).pk.slice(0, -1);
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      FilterExpression: 'begins_with(pk, :begin) AND sk = :sk',
      ExpressionAttributeValues: { ':begin': begin, ':sk': keys.update(scope, 0).sk },
      ProjectionExpression: 'pk, claimed_at_ms',
    },
  );
  let last: { updateId: number; atMs: number }[] = [];
  try {
    for await (const { Items: items = [] } of pages) {
      const found = items.map((item) => ({
        updateId: Number(String(item['pk']).slice(begin.length)),
        atMs: Number(item['claimed_at_ms']),
      }));
      last = [...last, ...found].sort((one, other) => other.atMs - one.atMs).slice(0, limit);
    }
  } catch (error) {
    throw toStoreError(error);
  }
  return last.map(({ updateId }) => updateId);
}
