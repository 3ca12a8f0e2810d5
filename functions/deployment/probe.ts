import type { Update } from 'grammy/types';

/** Behind the bot id: what a probe touches is nobody's real lease or ledger. */
export const PROBE_SCOPE = '#synthetic';

/**
 * One update that nobody sent, for a version that serves nobody yet. Only an invocation of the function itself can
 * have this shape (API Gateway gives what strangers send as text, below keys of its own), and it is still signed.
 */
export interface ProbeEvent {
  probe: {
    secretToken: string;
    /** The request's body. */
    update: string;
  };
}

/**
 * A request to the webhook's own address carries this header when its body is a synthetic update. Anybody who holds the
 * webhook's secret may send one. It is handled as a probe is, so that no real lease, ledger or chat sees anything of
 * it.
 */
export const SYNTHETIC_HEADER = 'x-synthetic-update';

export interface ProbeResult {
  status: number;
  body: string;
  /** The version of the code that answered. */
  version: string;
  /** Methods of the Bot API that would have been called, in their order. */
  calls: string[];
}

export function isProbe(event: object): event is ProbeEvent {
  return 'probe' in event;
}

export function probeOf({ secretToken, nowMs }: { secretToken: string; nowMs: number }): ProbeEvent {
  return { probe: { secretToken, update: syntheticUpdate(nowMs) } };
}

/** A command that reads the knowledge base, from a user that Telegram does not have, as JSON. */
function syntheticUpdate(nowMs: number): string {
  const sender = { id: 1, first_name: 'Probe' };
  const command = '/kb_stats';
  const update: Update = {
    update_id: nowMs,
    message: {
      message_id: 1,
      date: Math.floor(nowMs / 1000),
      from: { ...sender, is_bot: false, language_code: 'en' },
      chat: { ...sender, type: 'private' },
      text: command,
      entities: [{ type: 'bot_command', offset: 0, length: command.length }],
    },
  };
  return JSON.stringify(update);
}

/** The fault in a version's answer to its probe; `undefined`: there is none. */
export function problemOf(result: Omit<ProbeResult, 'version'>): string | undefined {
  if (result.status !== 200) return `it was answered ${result.status}: ${result.body.slice(0, 200)}`;
  if (!result.body.includes('"done"')) return `it was not handled: ${result.body.slice(0, 200)}`;
  if (!result.calls.includes('sendMessage')) {
    return `nobody would have got an answer; calls: ${result.calls.join(', ') || 'none'}`;
  }
  return undefined;
}

/** A body that a version which does not know the header answers 400, since it is no update: never handled in earnest. */
export function syntheticBody(nowMs: number): string {
  return JSON.stringify({ synthetic: syntheticUpdate(nowMs) });
}

/** The update in such a body; nothing in any other. */
export function syntheticUpdateIn(body: string): string {
  try {
    const { synthetic } = (JSON.parse(body) ?? {}) as { synthetic?: unknown };
    return typeof synthetic === 'string' ? synthetic : '';
  } catch {
    return '';
  }
}
