import { WEBHOOK_PATH } from '../http/paths.ts';
import { SECRET_HEADER } from '../http/receive.ts';
import type { ChosenBot } from './chosen-bot.ts';
import { readLeases } from './lease-view.ts';
import { askLocalHealth } from './local-health.ts';
import { knownProcesses, localHealthUrl, ofBot } from './processes.ts';
import { protocolOf, secretsOf, type Session } from './session.ts';

const TIMEOUT_MS = 35_000;

/** Hands an update to the one consumer as Telegram would: through the webhook endpoint, with the secret. */
export async function deliver(
  session: Session,
  bot: ChosenBot,
  update: object,
): Promise<{ settled: boolean; answer: string }> {
  const { target } = session;
  const { webhookSecret } = await secretsOf(target);
  const found = target.deployment
    ? ({ kind: 'found', url: target.deployment.webhookUrl } as const)
    : await localWebhook(session, bot);
  if (found.kind === 'none') return { settled: false, answer: found.reason };
  const { url } = found;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SECRET_HEADER]: webhookSecret },
      body: JSON.stringify(update),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    const text = await response.text();
    return { settled: response.ok, answer: `HTTP ${response.status} ${text.slice(0, 200)}`.trim() };
  } catch (error) {
    const { name, cause } = error as Error;
    return { settled: false, answer: (cause as NodeJS.ErrnoException | undefined)?.code ?? name };
  }
}

/** Another bot may answer at the port, and would handle the update as its own. */
async function localWebhook(
  session: Session,
  bot: ChosenBot,
): Promise<{ kind: 'found'; url: string } | { kind: 'none'; reason: string }> {
  const { target, identity } = session;
  const records = ofBot(knownProcesses(target, identity), bot.id);
  const healthUrl = localHealthUrl(target, records);
  const { leases } = await readLeases(protocolOf(session, bot.id), identity.isDead);
  const health = await askLocalHealth(healthUrl, { records, leases, identity });
  return health.answered
    ? { kind: 'found', url: `${new URL(healthUrl).origin}${WEBHOOK_PATH}` }
    : { kind: 'none', reason: health.reason };
}
