import { stopsEverything } from '../../status/reasons.ts';
import { hostOf } from '../../telegram/webhook-state.ts';
import { askHealth } from '../health-probe.ts';
import { secretsOf } from '../session.ts';
import type { Target } from '../target.ts';
import { askWebhook, storedWebhookSecrets } from '../webhook-probe.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

/** Whether a deployment answers where its stack says, as anybody and as Telegram would ask it. */
export async function checkEndpoints(target: Target): Promise<Verdict[]> {
  const { webhookUrl, healthUrl, version } = target.deployment!;
  // An operator who may not read the secrets still learns whether somebody answers.
  const secrets = await secretsOf(target).catch(() => undefined);
  const [health, webhook] = await Promise.all([
    askHealth(healthUrl),
    askWebhook(webhookUrl, secrets === undefined ? [] : storedWebhookSecrets(secrets)),
  ]);
  const verdicts: Verdict[] = [];
  if (!health.answered) {
    verdicts.push(failed('Health', `${healthUrl}: ${health.reason}`, NOBODY));
  } else {
    const { reasons, version: answering } = health.report;
    const stops = stopsEverything(reasons);
    verdicts.push(
      reasons.length === 0
        ? ok('Health', `running, version ${answering}`)
        : (stops ? failed : warning)('Health', `degraded: ${reasons.join('; ')}`, DEGRADED),
    );
    if (version !== undefined && version !== answering)
      verdicts.push(warning('Version', `${answering} answers, the stack says ${version}`, UNFINISHED));
  }
  verdicts.push(
    webhook.accepts
      ? ok('Endpoint', `updates are let in at ${hostOf(webhookUrl)}`)
      : failed('Endpoint', `${webhookUrl}: ${webhook.reason}`, NOBODY),
  );
  return verdicts;
}

const NOBODY =
  'Was the stack deleted, or is its last deployment unfinished? infra/RUNBOOK.md, “The bot does not answer”, says where to look';
const DEGRADED = 'infra/RUNBOOK.md, “ServiceDown”, has each reason';
const UNFINISHED = 'A deployment is under way, or did not finish: look at the events of the stack';
