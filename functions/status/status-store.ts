/** A bot, as getMe told it. */
export interface BotIdentity {
  id: number;
  username: string;
  firstName: string;
}

/** The webhook as the watchdog saw it, and as the operator wants it. */
export interface WebhookStatus {
  /** Set by registration and by `bot start`/`bot stop`. */
  desired: 'on' | 'off';
  /** Where this deployment wants its updates delivered. */
  expectedUrl?: string;
  checkedAtMs?: number;
  isOurs?: boolean;
  pendingUpdateCount?: number;
  lastError?: string;
  lastErrorAtMs?: number;
  /** The version of the code that answered the last synthetic update at that address. */
  answeringVersion?: string;
  /** When it was first seen to answer in place of another. */
  answeringSinceMs?: number;
  /** Why the last one was not answered. */
  endpointProblem?: string;
  /**
   * The number of parked updates that wait for an operator, as the watchdog counted them; it stops at `MANY_PARKED`.
   */
  parkedUpdates?: number;
  /** When the watchdog took the webhook back, newest last. */
  retakenAtMs: number[];
}

export type WebhookObservation = Required<
  Pick<WebhookStatus, 'checkedAtMs' | 'isOurs' | 'pendingUpdateCount' | 'retakenAtMs'>
> &
  Pick<WebhookStatus, 'lastError' | 'lastErrorAtMs'>;

/** One that CloudFormation has carried out, as far as whatever serves. */
export interface Deployment {
  /** The code that serves. */
  version: string;
  /** When all the traffic had moved. */
  atMs: number;
}

/** Facts about a deployment, outside the protocol. Every method throws StoreUnavailableError. */
export interface StatusStore {
  /** The bot of this id; without one, whose table it is. */
  bot(botId?: string): Promise<BotIdentity | undefined>;
  /** All that have run over this table, in the order of their ids. */
  bots(): Promise<BotIdentity[]>;
  /** @param options.ownsTable it is the deployment's, whosever the table was before; otherwise the first keeps it */
  saveBot(bot: BotIdentity, options?: { ownsTable?: boolean }): Promise<void>;
  webhook(botId: string): Promise<WebhookStatus | undefined>;
  /** Writes the operator's wish; observations stay as they are. */
  desireWebhook(botId: string, wanted: { desired: 'on' | 'off'; expectedUrl?: string }): Promise<void>;
  /** Writes an observation; the operator's wish stays as it is. */
  observeWebhook(botId: string, seen: WebhookObservation): Promise<void>;
  /** Writes the fate of a synthetic update at the webhook's address. */
  observeEndpoint(
    botId: string,
    seen: { version?: string; sinceMs?: number | undefined; problem?: string },
  ): Promise<void>;
  observeParked(botId: string, count: number): Promise<void>;
  /** The deployment that serves; `undefined`: none was recorded in this table. */
  lastDeployment(): Promise<Deployment | undefined>;
  /** Only the first call for a request writes. @param by the version, and CloudFormation's request for it */
  recordDeployment(by: { version: string; requestId: string }, atMs: number): Promise<void>;
}
