import { FRESH_MS } from '../status/check.ts';
import { METRICS, type MetricName } from '../telemetry/metric-names.ts';
import type { Sighting } from './webhook-watch.ts';

export interface RoundDeps {
  watch: () => Promise<Sighting>;
  /** Sends a synthetic update to the webhook's address and writes down what became of it. */
  askEndpoint: () => Promise<void>;
  /** Whether `GET /health` answers 200, from outside; `undefined`: it was throttled, as anybody can bring about. */
  isHealthy: () => Promise<boolean | undefined>;
  /** Parked updates that wait for an operator; more than can be counted cheaply are told as that many. */
  countParked: () => Promise<number>;
  /** Of the live version; `undefined` when there is none. */
  knowledge: () => Promise<{ atoms: number; publishedAtMs: number } | undefined>;
  /** Tells administrators when another version is live. */
  tellNews: () => Promise<void>;
  /** Tells them of the week when it is over. */
  tellWeek: () => Promise<void>;
  measure: (name: MetricName, value: number) => void;
  log: (message: string, details: Record<string, unknown>) => void;
  nowMs: () => number;
}

/**
 * How long a look may take: longer than any of them needs where all it asks is slow, and so much less than the
 * function's time that what the others saw is told in any case.
 */
export const LOOK_LIMIT_MS = 20_000;

/**
 * One round: seven looks, none of which waits for or fails with another, and a metric of each.
 * @throws AggregateError of the looks that failed or took too long, after the others were told
 */
export async function goRound(deps: RoundDeps): Promise<void> {
  const { measure } = deps;
  const looks = await Promise.allSettled([
    look('at the webhook', deps.watch).then((sighting) => tell(deps, sighting)),
    look('at the endpoint', deps.askEndpoint),
    look('at the health', deps.isHealthy).then((healthy) => {
      if (healthy === undefined) deps.log('health-throttled', {});
      else measure(METRICS.healthDegraded, healthy ? 0 : 1);
    }),
    look('for parked updates', deps.countParked).then((count) => measure(METRICS.parkedUpdates, count)),
    look('at the knowledge base', deps.knowledge).then((version) => {
      measure(METRICS.knowledgeAtoms, version?.atoms ?? 0);
      measure(METRICS.knowledgePublishedAt, Math.floor((version?.publishedAtMs ?? 0) / 1000));
    }),
    look('for news', deps.tellNews),
    look('for the end of the week', deps.tellWeek),
  ]);
  const failures = looks.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length === 0) return;
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  throw new AggregateError(
    failures,
    `${failures.length} of ${looks.length} looks failed: ${reasons.join('; ')}`,
  );
}

/** What a look sees within its time; what it sees later is of an earlier round, and told no more. */
async function look<T>(at: string, see: () => Promise<T>): Promise<T> {
  const seen = see();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the look ${at} took too long`)), LOOK_LIMIT_MS);
  });
  try {
    return await Promise.race([seen, late]);
  } finally {
    clearTimeout(timer);
    // It may still fail when nobody waits for it any more.
    seen.catch(() => {});
  }
}

function tell({ measure, log, nowMs }: RoundDeps, sighting: Sighting): void {
  const { actual, isDrifted, isRetaken, isRemoved, isGivenUp } = sighting;
  const { lastErrorAtMs } = actual;
  const isFresh = lastErrorAtMs !== undefined && nowMs() - lastErrorAtMs < FRESH_MS;
  measure(METRICS.pendingUpdates, actual.pendingUpdateCount);
  measure(METRICS.webhookDrift, isDrifted ? 1 : 0);
  measure(METRICS.webhookRetaken, isRetaken ? 1 : 0);
  measure(METRICS.webhookErrors, isFresh ? 1 : 0);
  if (isFresh) log('webhook-error', { last_error: actual.lastError });
  if (isRetaken) log('webhook-retaken', {});
  if (isRemoved) log('webhook-removed', {});
  if (isGivenUp) log('webhook-given-up', {});
}
