import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { toStoreError } from '../dynamodb/client.ts';

/** This machine's clock is off by more than the protocol allows for. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
}

/** HTTP dates are whole seconds, cut off. */
const RESOLUTION_MS = 1_000;

/**
 * How far the store's clock is ahead of this one, by the `Date` of one answer; `undefined` when it sends none.
 * Right to within a second.
 * @throws StoreUnavailableError
 */
export async function storeClockOffsetMs(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<number | undefined> {
  let date: string | undefined;
  const command = new DescribeTableCommand({ TableName: tableName });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      date = headers?.['date'];
      return result;
    },
    { step: 'deserialize', name: 'readDate', priority: 'low' },
  );
  const sentAtMs = Date.now();
  try {
    await client.send(command);
  } catch (error) {
    throw toStoreError(error);
  }
  const storeMs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(storeMs)) return undefined;
  return storeMs + RESOLUTION_MS / 2 - (sentAtMs + Date.now()) / 2;
}

/**
 * @throws ClockError when this clock is certainly further off than consumers allow each other
 * @throws StoreUnavailableError
 */
export async function assertClock(
  client: DynamoDBDocumentClient,
  tableName: string,
  maxClockSkewMs: number,
): Promise<void> {
  const offsetMs = await storeClockOffsetMs(client, tableName);
  if (offsetMs === undefined || Math.abs(offsetMs) <= maxClockSkewMs + RESOLUTION_MS / 2) return;
  const direction = offsetMs > 0 ? 'behind' : 'ahead of';
  throw new ClockError(
    `This machine's clock is about ${Math.abs(offsetMs / 1000).toFixed(1)} s ${direction} the store's, more than ` +
      `MAX_CLOCK_SKEW_MS (${maxClockSkewMs}) allows: set it by NTP, then start again`,
  );
}
