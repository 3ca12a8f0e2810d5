import { describeHolder } from '../local/machine/process-identity.ts';
import { stopsEverything } from '../status/reasons.ts';
import type { HealthReport } from '../status/report.ts';
import {
  connectionsFor,
  hostOf,
  readWebhook,
  webhookDifferences,
  type ActualWebhook,
} from '../telegram/webhook-state.ts';
import { botJson, botLine, chosenBot } from './chosen-bot.ts';
import { explain } from './explain.ts';
import { askHealth } from './health-probe.ts';
import { healthLines } from './health-lines.ts';
import { commandForThisBot } from './invocation.ts';
import { isPlainlyFree, leaseJson, leaseLines, lostText, readLeases, standingHolder } from './lease-view.ts';
import { bad, good, time, type Output } from './output.ts';
import { protocolOf, telegramOf, withStore, type Session } from './session.ts';
import type { Target } from './target.ts';
import { askWebhook, storedWebhookSecrets } from './webhook-probe.ts';

/**
 * Whether a deployment runs, which it does when updates reach it and are handled: its health, its lease, its webhook,
 * its version.
 * @returns the exit code: 0 when it runs, 1 when it was stopped, does not answer, or receives nothing
 */
export async function deployedStatus(target: Target, output: Output): Promise<number> {
  const { name, stack, healthUrl, version } = target.deployment!;
  output.line(name);
  const health = await askHealth(healthUrl);
  for (const line of healthLines(healthUrl, health)) output.line(line);
  if (version !== undefined && health.answered && version !== health.report.version)
    output.line(`   ⚠️  the stack says version ${version}: a deployment is under way, or did not finish`);

  const inside = target.hasStore ? await withStore(target, (session) => look(session)) : undefined;
  const report = health.answered ? health.report : undefined;
  const desired = inside?.desired ?? report?.webhook?.desired;
  if (inside !== undefined) {
    output.line(botLine(inside.bot));
    const exists = inside.leases.some((lease) => lease.exists);
    output.line(`Lease: ${exists ? good('EXISTS') : bad('NOT FOUND')}`);
    if (inside.lost !== undefined) output.line(`   ${lostText(inside.lost)}`);
    const areMany = inside.leases.length > 1;
    const told = areMany ? inside.leases.filter((lease) => !isPlainlyFree(lease)) : inside.leases;
    for (const lease of told) {
      for (const line of leaseLines(lease))
        output.line(areMany ? `   Partition ${lease.partition}: ${line}` : `   ${line}`);
    }
    if (told.length < inside.leases.length)
      output.line(`   ${inside.leases.length - told.length} of ${inside.leases.length} partitions are free`);
    for (const line of webhookLines(inside)) output.line(line);
  }
  const problems = desired === 'off' ? [] : await whatStopsUpdates(target, report, inside);
  const isRunning = health.answered && desired !== 'off' && problems.length === 0;
  output.line();
  if (isRunning) output.line(good('✅ Bot is RUNNING'));
  else if (desired === 'off' || !health.answered) output.line(bad('❌ Bot is NOT RUNNING'));
  else output.line(bad('❌ Bot is NOT RECEIVING UPDATES'));
  for (const problem of problems) output.line(`   ${problem}`);
  if (desired === 'off')
    output.line(`It was stopped by an operator. To start it: ${commandForThisBot('start')}`);
  else if (!isRunning) output.line(`What to do about it: ${commandForThisBot('doctor')}`);
  output.json({
    running: isRunning,
    problems,
    stack: stack ?? null,
    version: version ?? null,
    health_url: healthUrl,
    health: report ?? null,
    ...(inside && {
      ...botJson(inside.bot),
      lease: inside.leases.map(leaseJson),
      webhook: {
        desired: inside.desired ?? null,
        url_is_ours: inside.webhook === undefined ? null : inside.webhook.url === inside.expectedUrl,
        pending_update_count: inside.webhook?.pendingUpdateCount ?? null,
        last_error: inside.webhook?.lastError ?? null,
        problem: inside.problem ?? null,
      },
    }),
  });
  return isRunning ? 0 : 1;
}

/** Why no update reaches a bot that should get them, or none is handled; not what merely degrades it. */
async function whatStopsUpdates(
  { deployment }: Target,
  report: HealthReport | undefined,
  inside: Inside | undefined,
): Promise<string[]> {
  const problems: string[] = [];
  // Telegram's own answer comes before the watchdog's, which is a minute old.
  if (inside?.webhook !== undefined) {
    const { url } = inside.webhook;
    if (url === '') problems.push('No webhook is set: Telegram delivers nowhere');
    else if (url !== inside.expectedUrl)
      problems.push(`Telegram delivers to somebody else, at ${hostOf(url)}`);
  } else if (report?.webhook?.is_ours === false) {
    problems.push('The webhook is missing or somebody else’s, says the watchdog');
  }
  if (stopsEverything(report?.reasons ?? [])) problems.push('The deployment cannot use its table');
  const polling = standingHolder(inside?.leases ?? []);
  if (polling !== undefined)
    problems.push(`A bot polls with its table and holds the lease: ${describeHolder(polling)}`);
  const { webhookUrl } = deployment!;
  const endpoint = await askWebhook(webhookUrl, inside?.webhookSecrets ?? []);
  if (!endpoint.accepts) problems.push(`Updates are not let in at ${webhookUrl}: ${endpoint.reason}`);
  return problems;
}

type Inside = Awaited<ReturnType<typeof look>>;

async function look(session: Session) {
  const { target, status, identity } = session;
  const bot = await chosenBot(session);
  const botId = bot.id;
  const protocol = protocolOf(session, botId);
  const [found, wish] = await Promise.all([readLeases(protocol, identity.isDead), status.webhook(botId)]);
  const expectedUrl = wish?.expectedUrl ?? target.deployment!.webhookUrl;
  return { bot, ...found, desired: wish?.desired, expectedUrl, ...(await askTelegram(target)) };
}

interface TelegramsView {
  webhook?: ActualWebhook;
  webhookSecrets?: string[];
  problem?: string;
}

/** An operator may look at the table without being allowed to read the token. */
async function askTelegram(target: Target): Promise<TelegramsView> {
  try {
    const { api, secrets } = await telegramOf(target);
    return { webhook: await readWebhook(api), webhookSecrets: storedWebhookSecrets(secrets) };
  } catch (error) {
    return { problem: explain(error, { args: process.argv.slice(2), debug: false }).replace(/^❌ /, '') };
  }
}

function webhookLines({ webhook, problem, desired, expectedUrl, layout }: Inside): string[] {
  if (webhook === undefined) return [`Webhook: not known (${problem})`];
  if (desired === 'off') {
    const where = webhook.url === '' ? 'none is set' : `set at ${hostOf(webhook.url)}`;
    return [`Webhook: off, ${where}`, `   Pending updates: ${webhook.pendingUpdateCount}`];
  }
  const differences = webhookDifferences(webhook, {
    url: expectedUrl,
    maxConnections: connectionsFor(layout?.partitions ?? 1),
  });
  return [
    `Webhook: ${differences.length === 0 ? good('✅ as it should be') : bad('❌ not as it should be')}`,
    ...differences.map((difference) => `   ${difference}`),
    `   Pending updates: ${webhook.pendingUpdateCount}`,
    ...(webhook.lastError === undefined
      ? []
      : [`   Last error: ${webhook.lastError} (${time(webhook.lastErrorAtMs)})`]),
  ];
}
