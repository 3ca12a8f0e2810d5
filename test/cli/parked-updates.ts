import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { consumerOver, openProtocol } from '../../functions/wiring/protocol.ts';

/** An update that Telegram once delivered. */
export function delivered(updateId: number): { update_id: number; message: object } {
  const from = { id: 7, is_bot: false, first_name: 'Anna' };
  const chat = { id: 7, type: 'private', first_name: 'Anna' };
  const date = Math.floor(Date.now() / 1000);
  const entities = [{ type: 'bot_command', offset: 0, length: 9 }];
  return { update_id: updateId, message: { message_id: 1, date, chat, from, text: '/kb_stats', entities } };
}

/** An update that no version can handle. */
export function broken(updateId: number): { update_id: number; message: object } {
  const update = delivered(updateId);
  return { ...update, message: { ...update.message, text: 5 } };
}

/** Leaves updates parked, as a version with a defect did. */
export async function parkedByAFaultyVersion(
  table: { client: DynamoDBDocumentClient; tableName: string; botId: number },
  updates: readonly { update_id: number }[],
): Promise<void> {
  const { client, tableName, botId } = table;
  const protocol = openProtocol({
    client,
    settings: { tableName, maxClockSkewMs: 500, maxAttempts: 1 },
    scope: String(botId),
    holder: 'lambda:faulty-version',
    emit: () => {},
  });
  await activateLayout(protocol.leases, 1);
  const handle = (): Promise<never> => Promise.reject(new Error('a defect of that version'));
  const consumer = consumerOver(protocol, { handle, maxAttempts: 1 });
  for (const update of updates) {
    const outcome = await consumer.consume({ update, orderingKey: 7, deadlineMs: 4_000 });
    expect(outcome.kind).toBe('parked');
  }
}
