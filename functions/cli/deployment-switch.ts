import { describeHolder } from '../local/machine/process-identity.ts';
import { connectionsFor, hostOf, readWebhook } from '../telegram/webhook-state.ts';
import { turnOff, turnOn } from '../telegram/webhook-switch.ts';
import { announcedTokenBot, botJson } from './chosen-bot.ts';
import { commandForThisBot } from './invocation.ts';
import { layoutOf, readLeases, standingHolder, stopPollerCommand } from './lease-view.ts';
import type { Output } from './output.ts';
import { patientTelegramOf } from './patient-telegram.ts';
import { protocolOf, withStore } from './session.ts';
import type { Target } from './target.ts';
import { CommandError } from './usage-error.ts';

/**
 * Takes a deployment's webhook away. Updates that arrive meanwhile wait at Telegram, for a day at most.
 * @throws GrammyError, HttpError, StoreUnavailableError, SettingsError
 */
export async function switchOff(target: Target, output: Output): Promise<number> {
  const { name, webhookUrl } = target.deployment!;
  return withStore(target, async (session) => {
    const bot = await announcedTokenBot(session, output);
    const { api } = await patientTelegramOf(target);
    const { status } = session;
    const wasOurs = await turnOff({ api, status, botId: bot.id }, { url: webhookUrl });
    const { url, pendingUpdateCount } = await readWebhook(api);
    output.line(
      wasOurs
        ? 'Webhook deleted'
        : url === ''
          ? 'There was no webhook'
          : `The webhook at ${hostOf(url)} is not this stack's and was left as it is`,
    );
    output.line(`Pending updates: ${pendingUpdateCount} (kept by Telegram for up to 24 hours)`);
    output.line(`✅ Bot stopped (${name})`);
    output.json({
      ...botJson(bot),
      stopped: true,
      webhook: wasOurs ? 'deleted' : 'not set by this stack',
      pending_update_count: pendingUpdateCount,
    });
    return 0;
  });
}

/**
 * Lets Telegram deliver to a deployment again.
 * @throws CommandError when somebody else consumes; GrammyError, HttpError, StoreUnavailableError, SettingsError
 */
export async function switchOn(target: Target, output: Output): Promise<number> {
  const { name, webhookUrl } = target.deployment!;
  return withStore(target, async (session) => {
    const bot = await announcedTokenBot(session, output);
    const { api, secrets } = await patientTelegramOf(target);
    const { botId, webhookSecret } = secrets;
    const found = await readLeases(protocolOf(session, botId), session.identity.isDead);
    const layout = layoutOf(
      found,
      `${name} was never registered: deploy it once, which sets the webhook too`,
    );
    const holder = standingHolder(found.leases);
    if (holder !== undefined) {
      throw new CommandError(
        `A bot polls with this table: the lease is held by ${describeHolder(holder)}. Stop it first: ${stopPollerCommand(session)}`,
      );
    }
    const { url } = await readWebhook(api);
    const known = await session.status.webhook(botId);
    if (url !== '' && url !== webhookUrl && url !== known?.expectedUrl) {
      throw new CommandError(
        `The webhook is set by somebody else, at ${hostOf(url)}. Stop that deployment, or delete its webhook with ${commandForThisBot('webhook delete')}, then start again`,
      );
    }
    await turnOn(
      { api, status: session.status, botId },
      { url: webhookUrl, secretToken: webhookSecret, maxConnections: connectionsFor(layout.partitions) },
    );
    const { pendingUpdateCount } = await readWebhook(api);
    output.line(`Webhook set: ${webhookUrl}`);
    output.line(`Pending updates: ${pendingUpdateCount} (Telegram delivers them now)`);
    output.line(`✅ Bot is running (${name})`);
    output.json({
      ...botJson(bot),
      started: true,
      webhook_url: webhookUrl,
      pending_update_count: pendingUpdateCount,
    });
    return 0;
  });
}
