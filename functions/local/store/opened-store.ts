import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A table to work on, wherever it is. */
export interface OpenedStore {
  client: DynamoDBDocumentClient;
  tableName: string;
  /** The embedded store or an emulator on this machine: tables and starter atoms may be created in it. */
  isLocal: boolean;
  /** The same in every process of this machine that opened the same store, however it was named. */
  id: string;
  /** For people. */
  description: string;
  close(): Promise<void>;
}
