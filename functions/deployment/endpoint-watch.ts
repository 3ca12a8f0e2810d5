import { setTimeout as sleep } from 'node:timers/promises';
import { SECRET_HEADER } from '../http/receive.ts';
import type { WebhookStatus } from '../status/status-store.ts';
import { problemOf, SYNTHETIC_HEADER, syntheticBody, type ProbeResult } from './probe.ts';

/** Two of them, and the pause, end before the watchdog's look does: a cold start and a handler's own time. */
const TRY_TIMEOUT_MS = 8_000;
const PAUSE_MS = 2_000;

/** The fate of a synthetic update at the webhook's public address. */
export interface EndpointSighting {
  /** The version of the code that answered; `undefined`: none did. */
  version?: string;
  /** In words that anybody may read; `undefined`: it was handled, and somebody would have got an answer. */
  problem?: string;
}

/**
 * Sends one signed synthetic update the way that Telegram's take: through the public address, the API and the alias.
 * Once more where it is not answered well, since one request may meet a connection or an environment that just ended.
 * @returns `undefined` when the API throttled it, as anybody can bring about: then nobody can tell
 */
export async function askEndpoint(options: {
  url: string;
  secretToken: string;
  nowMs: () => number;
}): Promise<EndpointSighting | undefined> {
  const first = await tryOnce(options);
  if (first === undefined || first.problem === undefined) return first;
  await sleep(PAUSE_MS);
  return tryOnce(options);
}

/** When the version that answers was first met, in place of another. */
export function answeringSince(
  { version }: EndpointSighting,
  former: Pick<WebhookStatus, 'answeringVersion' | 'answeringSinceMs'>,
  nowMs: number,
): number | undefined {
  if (version === undefined) return undefined;
  return version === former.answeringVersion ? former.answeringSinceMs : nowMs;
}

async function tryOnce({
  url,
  secretToken,
  nowMs,
}: Parameters<typeof askEndpoint>[0]): Promise<EndpointSighting | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SECRET_HEADER]: secretToken,
        [SYNTHETIC_HEADER]: '1',
      },
      body: syntheticBody(nowMs()),
      redirect: 'error',
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status === 429) return undefined;
    if (response.status !== 200) return { problem: `HTTP ${response.status}` };
    const result = resultIn(text);
    if (result === undefined) return { problem: 'another program answers' };
    const isWell = problemOf(result) === undefined;
    return { version: result.version, ...(!isWell && { problem: 'it was not answered in the chat' }) };
  } catch {
    return { problem: 'no answer' };
  }
}

function resultIn(text: string): ProbeResult | undefined {
  try {
    const { status, body, calls, version } = (JSON.parse(text) ?? {}) as Partial<ProbeResult>;
    if (typeof status !== 'number' || typeof body !== 'string' || typeof version !== 'string')
      return undefined;
    return { status, body, version, calls: Array.isArray(calls) ? calls : [] };
  } catch {
    return undefined;
  }
}
