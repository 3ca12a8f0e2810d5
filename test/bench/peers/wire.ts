import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fastEndpoint } from '../../fixtures/local-dynamodb.ts';
import type { Counts, WireReport, WireRequest } from './wire-server.ts';

/** Telegram and DynamoDB as a bench reaches them, at one address. */
export interface Wire {
  url: string;
  /** The store without the delay, to prepare its tables. */
  store: string;
  storeName: string;
  set(how: Exclude<WireRequest, 'counts'>): Promise<void>;
  /** The requests to DynamoDB since the last call, while they were counted. */
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

export async function startWire(): Promise<Wire> {
  const dynamo = fastEndpoint();
  const running = await dynamo.start();
  const child = fork(fileURLToPath(new URL('wire-server.ts', import.meta.url)), [running.endpoint]);
  const answer = async (request?: WireRequest): Promise<WireReport> => {
    const answered = once(child, 'message') as Promise<[WireReport]>;
    if (request !== undefined) child.send(request);
    return (await answered)[0];
  };
  const { url } = (await answer()) as { url: string };
  return {
    url,
    store: running.endpoint,
    storeName: dynamo.name,
    set: async (how) => void (await answer(how)),
    counts: async () => ((await answer('counts')) as { counts: Counts }).counts,
    close: async () => {
      child.disconnect();
      await running.close();
    },
  };
}
