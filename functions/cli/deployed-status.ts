import { hostOf, readWebhook, webhookDifferences, type ActualWebhook } from '../telegram/webhook-state.ts';
import { explain } from './explain.ts';
import { askHealth } from './health-probe.ts';
import { healthLines } from './health-lines.ts';
import { commandLine } from './invocation.ts';
import { leaseJson, leaseLines, readLeases } from './lease-view.ts';
import { bad, good, time, type Output } from './output.ts';
import { botIdOf, protocolOf, telegramOf, withStore, type Session } from './session.ts';
import type { Target } from './target.ts';

/** Whether a deployment runs: its health, its lease, its webhook, its version. @returns the exit code */
export async function deployedStatus(target: Target, output: Output): Promise<number> {
  const { name, healthUrl, version } = target.deployment!;
  output.line(name);
  const health = await askHealth(healthUrl);
  for (const line of healthLines(healthUrl, health)) output.line(line);
  if (version !== undefined && health.answered && version !== health.report.version)
    output.line(`   ⚠️  the stack says version ${version}: a deployment is under way, or did not finish`);

  const inside = target.hasStore ? await withStore(target, (session) => look(session)) : undefined;
  const desired = inside?.desired ?? (health.answered ? health.report.webhook?.desired : undefined);
  if (inside !== undefined) {
    const exists = inside.leases.some((lease) => lease.exists);
    output.line(`Lease: ${exists ? good('EXISTS') : bad('NOT FOUND')}`);
    for (const lease of inside.leases) {
      for (const line of leaseLines(lease))
        output.line(inside.leases.length > 1 ? `   Partition ${lease.partition}: ${line}` : `   ${line}`);
    }
    for (const line of webhookLines(inside)) output.line(line);
  }
  const isRunning = health.answered && desired !== 'off';
  output.line();
  output.line(isRunning ? good('✅ Bot is RUNNING') : bad('❌ Bot is NOT RUNNING'));
  if (desired === 'off')
    output.line(`It was stopped by an operator. To start it: ${commandLine('start --stack', [name])}`);
  output.json({
    running: isRunning,
    stack: target.deployment!.stack ?? null,
    version: version ?? null,
    health_url: healthUrl,
    health: health.answered ? health.report : null,
    ...(inside && {
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

type Inside = Awaited<ReturnType<typeof look>>;

async function look(session: Session) {
  const { target, status, identity } = session;
  const botId = await botIdOf(session);
  const protocol = protocolOf(session, botId);
  const [{ layout, leases }, wish] = await Promise.all([
    readLeases(protocol, identity.isDead),
    status.webhook(botId),
  ]);
  const { webhook, problem } = await askTelegram(target);
  const expectedUrl = wish?.expectedUrl ?? target.deployment!.webhookUrl;
  return { leases, layout, desired: wish?.desired, expectedUrl, webhook, problem };
}

/** An operator may look at the table without being allowed to read the token. */
async function askTelegram(target: Target): Promise<{ webhook?: ActualWebhook; problem?: string }> {
  try {
    const { api } = await telegramOf(target);
    return { webhook: await readWebhook(api) };
  } catch (error) {
    return { problem: explain(error, { args: [], debug: false }).replace(/^❌ /, '') };
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
    maxConnections: layout?.partitions ?? 1,
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
