import type { Command } from 'commander';
import { describeHolder } from '../../../local/machine/process-identity.ts';
import { connectionsFor, hostOf, readWebhook } from '../../../telegram/webhook-state.ts';
import { turnOn } from '../../../telegram/webhook-switch.ts';
import { announcedTokenBot, botJson } from '../../chosen-bot.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { readLeases, standingHolder, stopPollerCommand } from '../../lease-view.ts';
import { patientTelegramOf } from '../../patient-telegram.ts';
import { protocolOf, withStore } from '../../session.ts';
import type { Target } from '../../target.ts';
import { CommandError, UsageError } from '../../usage-error.ts';

interface SetOptions {
  yes?: boolean;
}

/** `bot webhook set` */
export function define(command: Command): void {
  command
    .argument('[address]', 'address to deliver to; with --stack or --url the deployment’s own')
    .option('--yes', 'replace a webhook that is somebody else’s without asking');
  defineCommand<SetOptions>(command, {
    examples: [
      [
        'https://bot.example.com/telegram/webhook',
        'for a bot of this machine behind a proxy: start --webhook',
      ],
    ],
    run: set,
  });
}

async function set({ options, args, output, target }: Invocation<SetOptions>): Promise<number> {
  const resolved = await target();
  const url = addressOf(args[0], resolved);
  const { api, secrets } = await patientTelegramOf(resolved);
  const actual = await readWebhook(api);
  if (actual.url !== '' && actual.url !== url) {
    const question = `The webhook is set at ${hostOf(actual.url)}. Replace it by ${hostOf(url)}?`;
    if (!(await confirmed(question, options))) return 1;
  }
  return withStore(resolved, async (session) => {
    const bot = await announcedTokenBot(session, output);
    const { layout, leases } = await readLeases(protocolOf(session, secrets.botId), session.identity.isDead);
    const polling = standingHolder(leases);
    if (polling !== undefined) {
      throw new CommandError(
        `A bot polls with this token (${describeHolder(polling)}), and a webhook would end it: stop it first with ${stopPollerCommand(session)}`,
      );
    }
    const maxConnections = connectionsFor(layout?.partitions ?? 1);
    const { botId, webhookSecret: secretToken } = secrets;
    await turnOn({ api, status: session.status, botId }, { url, secretToken, maxConnections });
    output.line(
      `✅ Webhook set: Telegram delivers to ${hostOf(url)}; ${actual.pendingUpdateCount} updates were pending`,
    );
    output.json({
      ...botJson(bot),
      set: true,
      url,
      max_connections: maxConnections,
      pending_update_count: actual.pendingUpdateCount,
    });
    return 0;
  });
}

function addressOf(given: string | undefined, { deployment }: Target): string {
  const url = given ?? deployment?.webhookUrl;
  if (url === undefined) throw new UsageError('Name the address to deliver to, or use --stack NAME');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`The address has to be a URL such as https://bot.example.com/telegram/webhook`);
  return url;
}
