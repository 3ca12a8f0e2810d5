import type { LeaseState } from '../lease/lease-state.ts';

/** The answer of `GET /health`, as JSON; keys that the old system's users know keep their names. */
export interface HealthReport {
  status: 'running' | 'degraded';
  version: string;
  /** Locally of the process; deployed, since the version that answers updates began to. */
  uptime_seconds: number;
  /** Only locally. */
  pid?: number;
  /** The bot whose updates are answered: `@name`, or words that it is not on Telegram; `null` while none is known. */
  bot: string | null;
  /** Only locally: an absolute path. */
  data_folder?: string;
  lease: LeaseReport[];
  knowledge_base: { version: string; atoms: number } | null;
  webhook: WebhookReport | null;
  /** Why it is degraded, as ./reasons.ts has it; empty while it is running. */
  reasons: string[];
}

export interface LeaseReport {
  partition: number;
  holder: string | null;
  state: LeaseState;
  fencing_token: number;
  /** ISO 8601 */
  since: string | null;
  /** ISO 8601 */
  expires_at: string | null;
}

/** The webhook as the watchdog, or the last start, saw it. */
export interface WebhookReport {
  /** Whether the operator wants a webhook at all. */
  desired: 'on' | 'off';
  is_ours: boolean;
  pending_update_count: number;
  last_error: string | null;
  /** ISO 8601 */
  last_error_at: string | null;
  /** ISO 8601 */
  checked_at: string;
  /** The version of the code that answered the last synthetic update at the webhook's address. */
  answering_version: string | null;
}
