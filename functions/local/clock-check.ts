import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { toStoreError } from '../dynamodb/client.ts';

/** This machine's clock is off by more than the protocol allows for. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
  readonly forOperator = true;
}

/** HTTP dates are whole seconds, cut off. */
const RESOLUTION_MS = 1_000;

/** How far the store's clock is ahead of this one, and how wrong that may be. */
export interface ClockOffset {
  offsetMs: number;
  uncertaintyMs: number;
}

/**
 * By the `Date` of one answer, which was set at some time between the request and its arrival; `undefined` when the
 * store sends none.
 * @throws StoreUnavailableError
 */
export async function storeClockOffset(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<ClockOffset | undefined> {
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
  const answeredAtMs = Date.now();
  return {
    offsetMs: storeMs + RESOLUTION_MS / 2 - (sentAtMs + answeredAtMs) / 2,
    uncertaintyMs: (RESOLUTION_MS + answeredAtMs - sentAtMs) / 2,
  };
}

/** Certainly further off than consumers allow each other. */
export function isOff({ offsetMs, uncertaintyMs }: ClockOffset, maxClockSkewMs: number): boolean {
  return Math.abs(offsetMs) - uncertaintyMs > maxClockSkewMs;
}

/** For people, of this machine's clock. */
export function describeOffset({ offsetMs }: ClockOffset): string {
  const direction = offsetMs > 0 ? 'behind' : 'ahead of';
  return `about ${Math.abs(offsetMs / 1000).toFixed(1)} s ${direction} the store's`;
}

/**
 * @throws ClockError when this clock is off
 * @throws StoreUnavailableError
 */
export async function assertClock(
  client: DynamoDBDocumentClient,
  tableName: string,
  maxClockSkewMs: number,
): Promise<void> {
  const offset = await storeClockOffset(client, tableName);
  if (offset === undefined || !isOff(offset, maxClockSkewMs)) return;
  throw new ClockError(
    `This machine's clock is ${describeOffset(offset)}, more than ` +
      `MAX_CLOCK_SKEW_MS (${maxClockSkewMs}) allows: set it by NTP, then try again`,
  );
}
