import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RequestProblem } from '../http/receive.ts';
import type { ConsumerEvent, Emit } from '../lease/events.ts';
import { isSettledOutcome, type Outcome } from '../lease/outcome.ts';
import type { Settings } from '../settings/settings.ts';
import { isServiceFault } from '../telegram/error-codes.ts';
import { BACKGROUND } from '../telegram/guarded-fetch.ts';
import type { TelegramCall } from '../telegram/tenure-bot.ts';
import type { UpdateFacts } from '../telegram/update-facts.ts';
import { LevelledLogger } from './levelled-logger.ts';
import { METRIC_NAMESPACE, METRICS, type MetricName } from './metric-names.ts';

export interface AnsweredUpdate {
  updateId: number;
  facts: UpdateFacts;
  outcome: Outcome;
  durationMs: number;
}

/** The facts of an update under way, from the events that name it. */
interface Trail {
  lease?: string;
  attempt?: number;
  fencingToken?: number;
}

/** An update that was never answered (its process died) leaves its trail behind. */
const MAX_TRAILS = 1_000;

const STRANGERS_EVERY_MS = 60_000;

/** How much of the events is counted. */
const COUNTED: Partial<Record<ConsumerEvent['type'], MetricName>> = {
  done: METRICS.updatesDone,
  duplicate: METRICS.updatesDuplicate,
  failed: METRICS.updatesFailed,
  deferred: METRICS.updatesDeferred,
  parked: METRICS.updatesParked,
  unsettled: METRICS.updatesUnsettled,
  'taken-over': METRICS.handOvers,
  'expired-takeover': METRICS.expiredTakeovers,
  contended: METRICS.contention,
  'partition-stopped': METRICS.partitionStopped,
  fenced: METRICS.fencedWrites,
  'store-unavailable': METRICS.storeErrors,
};

const LEASE_OUTCOMES = new Set<ConsumerEvent['type']>([
  'acquired',
  'taken-over',
  'expired-takeover',
  'contended',
  'partition-stopped',
]);

const WORTH_A_WARNING = new Set<ConsumerEvent['type']>([
  'expired-takeover',
  'failed',
  'parked',
  'unsettled',
  'fenced',
  'store-unavailable',
  'lost',
  'partition-stopped',
  'force-released',
]);

/**
 * Logs and metrics of one process: JSON lines by Powertools, metrics in the embedded metric format. Nothing here
 * ever sees a token, a secret or the text of a message.
 */
export class Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly #trails = new Map<number, Trail>();
  readonly #nowMs: () => number;
  /** Requests of strangers that no line tells of yet. */
  #strangers = 0;
  #toldStrangersAtMs = -Infinity;

  constructor({
    nowMs = Date.now,
    ...options
  }: {
    logLevel: Settings['logLevel'];
    serviceName: string;
    nowMs?: () => number;
  }) {
    const { serviceName } = options;
    this.#nowMs = nowMs;
    this.logger = new LevelledLogger(options);
    this.metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName });
  }

  count(name: MetricName, value = 1): void {
    this.metrics.addMetric(name, MetricUnit.Count, value);
  }

  readonly emit: Emit = (event) => {
    const counted = COUNTED[event.type];
    if (counted !== undefined) this.count(counted);
    if (event.type === 'done') this.#time(METRICS.handlingTime, event.handledMs);
    if ('updateId' in event && event.updateId !== undefined) this.#follow(event.updateId, event);
    if (WORTH_A_WARNING.has(event.type)) this.logger.warn(event.type, { event: snakeCased(event) });
    else this.logger.debug(event.type, { event: snakeCased(event) });
  };

  readonly onCall = (call: TelegramCall): void => {
    this.#time(METRICS.telegramCallTime, call.durationMs);
    const { answered, errorCode } = call;
    if (answered && errorCode === undefined) return;
    // A button that is pressed twice ("not modified") or a user who blocked the bot is nothing to wake anybody for.
    if (errorCode === undefined || isServiceFault(errorCode)) this.count(METRICS.telegramErrors);
    if (errorCode === 403 && !BACKGROUND.has(call.method)) this.count(METRICS.answersRefused);
    this.logger.warn('telegram-error', { method: call.method, error_code: errorCode ?? 'no answer' });
  };

  readonly onAnswered = (answered: AnsweredUpdate): void => {
    const { updateId, facts, outcome } = answered;
    const trail = this.#trails.get(updateId);
    this.#trails.delete(updateId);
    if (!isSettledOutcome(outcome)) this.count(METRICS.deliveriesToRepeat);
    const ageMs = facts.sentAtMs === undefined ? undefined : Math.max(0, Date.now() - facts.sentAtMs);
    if (ageMs !== undefined && outcome.kind === 'done') this.#time(METRICS.updateAge, ageMs);
    this.logger.info('update', {
      update_id: updateId,
      update_kind: facts.kind,
      outcome: outcome.kind,
      lease: trail?.lease,
      attempt: trail?.attempt,
      fencing_token: trail?.fencingToken,
      age_ms: ageMs,
      duration_ms: Math.round(answered.durationMs),
    });
  };

  readonly onProblem = ({ status, reason, error }: RequestProblem): void => {
    if (error === undefined) {
      if (status === 401) this.#strangers += 1;
      else this.logger.warn('request-refused', { reason });
    } else {
      this.count(METRICS.defects);
      this.count(METRICS.deliveriesToRepeat);
      this.logger.error('defect', { reason, error: error instanceof Error ? error : typeof error });
    }
  };

  /** Once per invocation: what was counted meanwhile becomes one line; nothing does where nothing was. */
  flush(): void {
    this.#tellOfStrangers();
    if (this.metrics.hasStoredMetrics()) this.metrics.publishStoredMetrics();
  }

  /** At most once a minute: a line for each request would let strangers write the log, and be billed for to us. */
  #tellOfStrangers(): void {
    const nowMs = this.#nowMs();
    if (this.#strangers === 0 || nowMs < this.#toldStrangersAtMs + STRANGERS_EVERY_MS) return;
    this.count(METRICS.unauthorizedRequests, this.#strangers);
    this.logger.warn('requests-unauthorized', { requests: this.#strangers });
    this.#strangers = 0;
    this.#toldStrangersAtMs = nowMs;
  }

  #time(name: MetricName, durationMs: number): void {
    this.metrics.addMetric(name, MetricUnit.Milliseconds, Math.round(durationMs));
  }

  #follow(updateId: number, event: ConsumerEvent): void {
    const trail = this.#trails.get(updateId) ?? {};
    if (LEASE_OUTCOMES.has(event.type)) {
      trail.lease = event.type === 'acquired' && event.hot ? 'acquired-hot' : event.type;
    }
    if ('attempt' in event) trail.attempt = event.attempt;
    if ('fencingToken' in event) trail.fencingToken = event.fencingToken;
    if (this.#trails.size >= MAX_TRAILS) this.#trails.clear();
    this.#trails.set(updateId, trail);
  }
}

function snakeCased(event: ConsumerEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
  );
}
