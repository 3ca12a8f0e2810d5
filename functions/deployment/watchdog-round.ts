import { FRESH_MS, keepingUsersOut, reason } from '../status/reasons.ts';
import { METRICS, type MetricName } from '../telemetry/metric-names.ts';
import type { Sighting } from './webhook-watch.ts';

export interface RoundDeps {
  watch: () => Promise<Sighting>;
  /** Sends a synthetic update to the webhook's address and writes down what became of it; returns what was wrong. */
  askEndpoint: () => Promise<string | undefined>;
  /** The answer of `GET /health` from outside, or why there is none. */
  askHealth: () => Promise<HealthAnswer>;
  /** The number of parked updates that wait for an operator, counted only as far as is cheap. */
  countParked: () => Promise<number>;
  /** The size and the time of the live version; `undefined` when there is none. */
  knowledge: () => Promise<{ atoms: number; publishedAtMs: number } | undefined>;
  /** Tells administrators when another version is live. */
  tellNews: () => Promise<void>;
  /** Tells them of the week when it is over. */
  tellWeek: () => Promise<void>;
  measure: (name: MetricName, value: number) => void;
  log: (message: string, details: Record<string, unknown>) => void;
  nowMs: () => number;
}

/** Throttled, as anybody can bring about, or not answered by the function: neither tells how the bot is. */
export type HealthAnswer =
  | { kind: 'told'; reasons: readonly string[] }
  | { kind: 'unknown'; why: 'health-throttled' | 'health-silent' };

/**
 * How long a look may take: longer than any of them needs where all it asks is slow, and so much less than the
 * function's time that the round tells the other looks' findings in any case.
 */
export const LOOK_LIMIT_MS = 20_000;

/**
 * One round: seven looks, none of which waits for or fails with another, a metric of each, and one of them all: whether
 * users are served.
 * @throws AggregateError of the looks that failed or took too long, after the round has told of the others
 */
export async function runRound(deps: RoundDeps): Promise<void> {
  const { measure } = deps;
  const looks = await Promise.allSettled([
    look('at the webhook', deps.watch).then((sighting) => tell(deps, sighting)),
    look('at the endpoint', deps.askEndpoint).then((problem) =>
      problem === undefined ? [] : [reason('endpointFails', problem)],
    ),
    look('at the health', deps.askHealth).then((answer) => {
      if (answer.kind === 'told') return keepingUsersOut(answer.reasons);
      deps.log(answer.why, {});
      return [];
    }),
    look('for parked updates', deps.countParked).then((count) => measure(METRICS.parkedUpdates, count)),
    look('at the knowledge base', deps.knowledge).then((version) => {
      measure(METRICS.knowledgeAtoms, version?.atoms ?? 0);
      measure(METRICS.knowledgePublishedAt, Math.floor((version?.publishedAtMs ?? 0) / 1000));
    }),
    look('for news', deps.tellNews),
    look('for the end of the week', deps.tellWeek),
  ]);
  const [webhook, endpoint, health] = looks;
  tellWhetherServed(deps, [webhook, endpoint, health]);
  const failures = looks.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length === 0) return;
  throw new AggregateError(
    failures,
    `${failures.length} of ${looks.length} looks failed: ${failures.map(messageOf).join('; ')}`,
  );
}

/** A look that failed keeps nobody out by itself, but what it could not reach the bot cannot reach either. */
function tellWhetherServed(
  { measure, log }: RoundDeps,
  looks: readonly PromiseSettledResult<readonly string[]>[],
): void {
  const troubles = new Set(
    looks.flatMap((one) => (one.status === 'fulfilled' ? one.value : [messageOf(one.reason)])),
  );
  measure(METRICS.served, troubles.size === 0 ? 1 : 0);
  if (troubles.size > 0) log('not-served', { troubles: [...troubles] });
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

/** The finding of a look within its time. A later one belongs to a round that is over, and nobody tells it. */
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

/** @returns the reasons in it that keep users out */
function tell({ measure, log, nowMs }: RoundDeps, sighting: Sighting): string[] {
  const { actual, isWanted, isDrifted, isRetaken, isRemoved, isLeftToOthers } = sighting;
  const { lastErrorAtMs } = actual;
  const isFresh = lastErrorAtMs !== undefined && nowMs() - lastErrorAtMs < FRESH_MS;
  measure(METRICS.pendingUpdates, isWanted ? actual.pendingUpdateCount : 0);
  measure(METRICS.updatesDone, 0);
  measure(METRICS.deliveriesToRepeat, 0);
  measure(METRICS.webhookDrift, isDrifted ? 1 : 0);
  measure(METRICS.webhookRetaken, isRetaken ? 1 : 0);
  measure(METRICS.webhookErrors, isFresh ? 1 : 0);
  if (isFresh) log('webhook-error', { last_error: actual.lastError });
  if (isRetaken) log('webhook-retaken', {});
  if (isRemoved) log('webhook-removed', {});
  if (isLeftToOthers) log('webhook-left-to-others', {});
  return isDrifted && !isRetaken && !isRemoved ? [reason('webhookForeign')] : [];
}
