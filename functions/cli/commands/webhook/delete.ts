import type { Command } from 'commander';
import { hostOf, readWebhook } from '../../../telegram/webhook-state.ts';
import { turnOff } from '../../../telegram/webhook-switch.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { patientTelegramOf } from '../../patient-telegram.ts';
import { withStore } from '../../session.ts';
import { storeExists } from '../../target.ts';

interface DeleteOptions {
  yes?: boolean;
}

/** `bot webhook delete` */
export function define(command: Command): void {
  command.option('--yes', 'do not ask');
  defineCommand<DeleteOptions>(command, {
    run: runDelete,
  });
}

async function runDelete({ options, output, target }: Invocation<DeleteOptions>): Promise<number> {
  const resolved = await target();
  const { api, secrets } = await patientTelegramOf(resolved);
  const { url, pendingUpdateCount } = await readWebhook(api);
  output.line(`Bot: ${secrets.botId}`);
  const bot = { bot: { id: Number(secrets.botId) } };
  if (url === '') {
    output.line('There is no webhook');
    output.json({ ...bot, deleted: false, pending_update_count: pendingUpdateCount });
    return 0;
  }
  if (!(await confirmed(`Delete the webhook at ${hostOf(url)}?`, options))) return 1;
  if (resolved.hasStore && storeExists(resolved)) {
    await withStore(resolved, ({ status }) => turnOff({ api, status, botId: secrets.botId }, { any: true }));
  } else await api.deleteWebhook({ drop_pending_updates: false });
  output.line(`✅ Webhook deleted; ${pendingUpdateCount} pending updates wait at Telegram`);
  output.json({ ...bot, deleted: true, pending_update_count: pendingUpdateCount });
  return 0;
}
