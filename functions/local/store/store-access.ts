import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CallBudget } from '../../aws/call-budgets.ts';
import { createDocumentClient } from '../../dynamodb/client.ts';

/** How the owner of the files is asked. */
export interface StoreAccess {
  endpoint: string;
  /** It is only in store.json, which nobody but this user may read: a request without it is refused. */
  accessKeyId: string;
}

/** One that nobody guesses, in the letters that AWS uses. */
export function createAccessKeyId(): string {
  return randomBytes(24).toString('hex').toUpperCase();
}

/** A client that asks anew before each call where, and with which key. */
export function clientOfAccess(
  access: () => Promise<StoreAccess>,
  budget: CallBudget,
): DynamoDBDocumentClient {
  return createDocumentClient({
    budget,
    endpoint: async () => (await access()).endpoint,
    region: 'us-east-1',
    // The SDK keeps the keys that do not expire.
    credentials: async () => ({
      accessKeyId: (await access()).accessKeyId,
      secretAccessKey: 'local',
      expiration: new Date(0),
    }),
  });
}
