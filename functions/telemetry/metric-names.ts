/** CloudWatch namespace of every custom metric; its one dimension is `service`, the stack's name. */
export const METRIC_NAMESPACE = 'AgentFactoryBot';

/** Every custom metric there is. Alarms and widgets name them from here, and a test sees each of them emitted. */
export const METRICS = {
  /** The watchdog adds nought each minute, as to the next one: alarms compare the two although nobody writes to the bot. */
  updatesDone: 'UpdatesDone',
  /** Without a 2xx, so that Telegram makes them again; of one that ran out of time or memory nobody writes it. */
  deliveriesToRepeat: 'DeliveriesToRepeat',
  updatesDuplicate: 'UpdatesDuplicate',
  updatesFailed: 'UpdatesFailed',
  updatesDeferred: 'UpdatesDeferred',
  updatesParked: 'UpdatesParked',
  updatesUnsettled: 'UpdatesUnsettled',
  /** Handed over by a consumer whose update was settled: ordinary. */
  handOvers: 'HandOvers',
  /** Taken over after expiry: the holder was killed, or had ended long ago and nobody came since. */
  expiredTakeovers: 'ExpiredTakeovers',
  contention: 'Contention',
  /** Refused since a lease is granted to nobody: its item is missing, or retired by a change that was cut short. */
  partitionStopped: 'PartitionStopped',
  fencedWrites: 'FencedWrites',
  storeErrors: 'StoreErrors',
  defects: 'Defects',
  unauthorizedRequests: 'UnauthorizedRequests',
  /** Milliseconds from claim to settled. */
  handlingTime: 'HandlingTime',
  /** Milliseconds of one Bot API call. */
  telegramCallTime: 'TelegramCallTime',
  /** Calls without an answer, or with one that any call would have got; not what is wrong with a call itself. */
  telegramErrors: 'TelegramErrors',
  /** Calls answered 403, but for those that nobody waits for: the bot may not write there, whatever it says. */
  answersRefused: 'AnswersRefused',
  /** Milliseconds from the message's date to its answer. */
  updateAge: 'UpdateAge',
  knowledgeProblems: 'KnowledgeProblems',
  /** As Telegram counts them, and none while an operator wants none delivered; from the watchdog, each minute. */
  pendingUpdates: 'PendingUpdates',
  /** 1 while the webhook is not ours although it should be. */
  webhookDrift: 'WebhookDrift',
  webhookRetaken: 'WebhookRetaken',
  /** 1 while Telegram's last error is younger than FRESH_MS of ../status/reasons.ts. */
  webhookErrors: 'WebhookErrors',
  /** 1 while users are served or nobody wants them to be, otherwise 0: the verdict of the watchdog's whole round, and of a stage's creation before the first. */
  served: 'Served',
  knowledgeAtoms: 'KnowledgeAtoms',
  /** Seconds since the epoch: a step in it is a new version of the knowledge base. */
  knowledgePublishedAt: 'KnowledgePublishedAt',
  /** That wait for an operator; `updatesParked` counts them as they are parked. */
  parkedUpdates: 'ParkedUpdates',
  /** Under the name and the dimension that Powertools gives it. */
  coldStarts: 'ColdStart',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
