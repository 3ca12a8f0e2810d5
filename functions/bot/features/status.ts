import { Composer } from 'grammy/web';
import type { HealthReport, LeaseReport, WebhookReport } from '../../status/report.ts';
import { type Html, rich, joinHtml } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import type { Texts } from '../texts/catalogue.ts';

const MAX_LEASES = 10;
const MAX_DETAIL = 200;

/** `/status`; who holds the lease and how the webhook is doing concerns administrators alone. */
export function status(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('status', async (ctx) => {
    const report = await ctx.tenure.waiting(deps.health());
    const details = ctx.isAdmin ? detailLines(report, ctx.texts) : [];
    await reply(ctx, { text: joinHtml([...plainLines(report, ctx.texts), ...details], '\n') });
  });
  return composer;
}

function plainLines(report: HealthReport, { status: words }: Texts): Html[] {
  const atoms = report.knowledge_base?.atoms;
  return [
    report.status === 'running' ? rich`✅ <b>${words.running}</b>` : rich`⚠️ <b>${words.degraded}</b>`,
    rich`${words.version}: ${report.version}`,
    rich`${words.uptime(report.uptime_seconds)}`,
    rich`${atoms === undefined ? words.noKnowledge : words.knowledge(atoms)}`,
  ];
}

function detailLines(report: HealthReport, { status: words }: Texts): Html[] {
  return [
    ...(report.reasons.length === 0
      ? []
      : [rich`\n${words.reasons}: ${shorten(report.reasons.join('; '), MAX_DETAIL * 3)}`]),
    rich``,
    ...leaseLines(report.lease, words),
    webhookLine(report.webhook, words),
  ];
}

/** Most of many partitions are free, and a free one needs no line. */
function leaseLines(leases: readonly LeaseReport[], words: Texts['status']): Html[] {
  const shown = leases.length === 1 ? leases : leases.filter(({ state }) => state !== 'free');
  const left = leases.length - Math.min(shown.length, MAX_LEASES);
  const free = leases.length - shown.length;
  return [
    ...shown.slice(0, MAX_LEASES).map((lease) => leaseLine(lease, words)),
    ...(left === 0 ? [] : [rich`${words.lease}: ${words.more(left, free)}`]),
  ];
}

function leaseLine(
  { partition, state, holder, fencing_token: token }: LeaseReport,
  words: Texts['status'],
): Html {
  return rich`${words.lease} ${partition}: ${words.leaseStates[state]}, token ${token}${holder !== null && rich`, <code>${shorten(holder, MAX_DETAIL)}</code>`}`;
}

function webhookLine(webhook: WebhookReport | null, words: Texts['status']): Html {
  if (webhook === null) return rich`${words.webhook}: ${words.neverChecked}`;
  const state =
    webhook.desired === 'off' ? words.webhookOff : webhook.is_ours ? words.webhookOn : words.webhookForeign;
  const error =
    webhook.last_error !== null &&
    `, ${words.lastError}: ${shorten(webhook.last_error, MAX_DETAIL)} (${webhook.last_error_at ?? '?'})`;
  return rich`${words.webhook}: ${state}, ${words.pending(webhook.pending_update_count)}${error}`;
}
