import { sleep, type Clock } from '../lease/clock.ts';
import { surveyLayout } from '../lease/layout-survey.ts';
import { leaseState } from '../lease/lease-state.ts';
import type { LeaseItem, LeaseStore } from '../lease/lease-store.ts';
import type { LedgerStore } from '../lease/ledger-store.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import { FRESH_MS, reason, storeReason } from './reasons.ts';
import type { HealthReport, LeaseReport, WebhookReport } from './report.ts';
import type { Deployment, StatusStore, WebhookStatus } from './status-store.ts';

export interface HealthDeps {
  version: string;
  clock: Clock;
  status: StatusStore;
  /** `undefined`: none was imported. */
  knowledge: () => Promise<{ version: string; atoms: number } | undefined>;
  /** Absent: the bot whose table it is, as the deployment's health function believes, which has no token. */
  botId?: string;
  protocolOf: (botId: string) => { leases: LeaseStore; ledger: LedgerStore };
  /** Locally of the process; absent on Lambda, where a deployment's age is in the store. */
  process?: LocalProcess;
}

/** The facts that a local process knows of itself. */
export interface LocalProcess {
  pid: number;
  uptimeSeconds: () => number;
  dataFolder?: string;
  /** Stands for the name of a bot that Telegram does not know. */
  botName?: string;
  /** The troubles that it has met at Telegram, as reasons of ./reasons.ts. */
  troubles?: () => string[];
}

/** The count of parked updates stops here. */
export const MANY_PARKED = 100;

const WHAT_TO_DO = '`bot doctor` says what to do';

/**
 * A health check ends within this, which `bot status` and the watchdog wait for: a slower store counts as one that
 * cannot be reached.
 */
export const HEALTH_WITHIN_MS = 4_000;

/** Never throws for what the store does: an unreachable store is the first thing a health check is asked for. */
export async function checkHealth(deps: HealthDeps): Promise<HealthReport> {
  const report: HealthReport = {
    status: 'running',
    version: deps.version,
    uptime_seconds: Math.floor(deps.process?.uptimeSeconds() ?? 0),
    ...(deps.process && { pid: deps.process.pid }),
    bot: deps.process?.botName ?? null,
    ...(deps.process?.dataFolder !== undefined && { data_folder: deps.process.dataFolder }),
    lease: [],
    knowledge_base: null,
    webhook: null,
    reasons: [],
  };
  report.reasons.push(...(deps.process?.troubles?.() ?? []));
  const reading = new AbortController();
  try {
    await Promise.race([addStored(report, deps), silence(deps.clock, reading.signal)]);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    report.reasons.push(storeReason(error));
  } finally {
    reading.abort();
  }
  if (report.reasons.length > 0) report.status = 'degraded';
  // Reading that was given up may still add to the other.
  return structuredClone(report);
}

/** @throws StoreUnavailableError unless aborted in time */
async function silence(clock: Clock, signal: AbortSignal): Promise<void> {
  await sleep(clock, HEALTH_WITHIN_MS, signal);
  if (!signal.aborted)
    throw new StoreUnavailableError(`The store did not answer within ${HEALTH_WITHIN_MS / 1000} s`);
}

async function addStored(report: HealthReport, deps: HealthDeps): Promise<void> {
  const [knowledge, bot, deployment] = await Promise.all([
    deps.knowledge(),
    deps.status.bot(deps.botId),
    deps.process === undefined ? deps.status.lastDeployment() : undefined,
  ]);
  const botId = deps.botId ?? bot?.id.toString();
  if (knowledge === undefined) report.reasons.push(reason('noKnowledge', 'import one with `bot kb import`'));
  else report.knowledge_base = { version: knowledge.version, atoms: knowledge.atoms };
  if (bot !== undefined) report.bot ??= `@${bot.username}`;
  const webhook = botId === undefined ? undefined : await addBot(report, deps, botId);
  if (deployment === undefined) return;
  const ageMs = deps.clock.wallMs() - servingSinceMs(deployment, webhook);
  report.uptime_seconds = Math.max(0, Math.floor(ageMs / 1000));
}

/** A version that was put back by hand has no deployment of its own: it serves since the watchdog first met it. */
function servingSinceMs(deployment: Deployment, webhook: WebhookStatus | undefined): number {
  const { answeringVersion, answeringSinceMs = 0 } = webhook ?? {};
  if (answeringVersion === undefined || answeringVersion === deployment.version) return deployment.atMs;
  return Math.max(deployment.atMs, answeringSinceMs);
}

async function addBot(
  report: HealthReport,
  deps: HealthDeps,
  botId: string,
): Promise<WebhookStatus | undefined> {
  const { clock, status } = deps;
  const [lease, webhook] = await Promise.all([readLeases(deps, botId), status.webhook(botId)]);
  if (lease === 'lost') report.reasons.push(reason('layoutLost', WHAT_TO_DO));
  else {
    report.lease = lease;
    report.reasons.push(...partitionReasons(lease));
  }
  const parked = deps.process === undefined ? webhook?.parkedUpdates : await countParked(deps, botId);
  report.reasons.push(...parkedReasons(parked));
  if (webhook !== undefined) {
    report.webhook = toWebhookReport(webhook);
    report.reasons.push(...webhookProblems(webhook, clock.wallMs()));
  }
  return webhook;
}

/** Deployed the watchdog counts them: the function behind `/health`, which anybody calls, may not read their list. */
async function countParked(deps: HealthDeps, botId: string): Promise<number> {
  return (await deps.protocolOf(botId).ledger.listDead({ limit: MANY_PARKED })).length;
}

function parkedReasons(parked = 0): string[] {
  if (parked === 0) return [];
  const count = parked < MANY_PARKED ? String(parked) : `${MANY_PARKED} or more`;
  return [reason('parked', `${count}, see \`bot dead list\``)];
}

function webhookProblems(webhook: WebhookStatus, nowMs: number): string[] {
  if (webhook.desired === 'off') return [];
  const { checkedAtMs, isOurs, lastErrorAtMs, endpointProblem } = webhook;
  const problems: string[] = [];
  if (checkedAtMs === undefined || nowMs - checkedAtMs > FRESH_MS) {
    problems.push(reason('watchdogSilent', checkedAtMs === undefined ? 'it never has so far' : undefined));
  }
  if (isOurs === false) problems.push(reason('webhookForeign'));
  if (lastErrorAtMs !== undefined && nowMs - lastErrorAtMs < FRESH_MS) {
    problems.push(reason('webhookErrors'));
  }
  if (endpointProblem !== undefined) problems.push(reason('endpointFails', endpointProblem));
  return problems;
}

function toWebhookReport(webhook: WebhookStatus): WebhookReport | null {
  if (webhook.checkedAtMs === undefined) return null;
  return {
    desired: webhook.desired,
    is_ours: webhook.isOurs ?? false,
    pending_update_count: webhook.pendingUpdateCount ?? 0,
    last_error: webhook.lastError ?? null,
    last_error_at: iso(webhook.lastErrorAtMs),
    checked_at: new Date(webhook.checkedAtMs).toISOString(),
    answering_version: webhook.answeringVersion ?? null,
  };
}

async function readLeases(deps: HealthDeps, botId: string): Promise<LeaseReport[] | 'lost'> {
  const { leases, ledger } = deps.protocolOf(botId);
  const survey = await surveyLayout(leases);
  if (survey === undefined) return [];
  if (survey.kind === 'lost') return 'lost';
  return Promise.all(
    survey.items.map(async (item, partition) =>
      toLeaseReport(partition, item, await leaseState(item, ledger, deps.clock.wallMs())),
    ),
  );
}

function partitionReasons(leases: readonly LeaseReport[]): string[] {
  const stopped = leases.filter(({ state }) => state === 'retired' || state === 'missing');
  if (stopped.length === 0) return [];
  const which = stopped.map(({ partition, state }) => `${partition} is ${state}`).join(', ');
  return [reason('partitionStopped', `${which}; ${WHAT_TO_DO}`)];
}

function toLeaseReport(
  partition: number,
  item: LeaseItem | undefined,
  state: LeaseReport['state'],
): LeaseReport {
  return {
    partition,
    holder: item?.holder ?? null,
    state,
    fencing_token: item?.fencingToken ?? 0,
    since: iso(item?.sinceMs),
    expires_at: item?.holder === undefined ? null : iso(item.expiresAtMs),
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
