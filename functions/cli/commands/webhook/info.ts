import type { Command } from 'commander';
import { hostOf, readWebhook } from '../../../telegram/webhook-state.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { time } from '../../output.ts';
import { telegramOf } from '../../session.ts';

/** `bot webhook info` */
export function define(command: Command): void {
  defineCommand(command, {
    run: info,
  });
}

async function info({ output, target }: Invocation<object>): Promise<number> {
  const resolved = await target();
  const { api, secrets } = await telegramOf(resolved);
  output.line(`Bot: ${secrets.botId}`);
  const webhook = await readWebhook(api);
  const { url, pendingUpdateCount, maxConnections, allowedUpdates, lastError, lastErrorAtMs } = webhook;
  const expected = resolved.deployment?.webhookUrl;
  const isOurs = expected === undefined ? undefined : url === expected;
  output.line(`Webhook: ${url === '' ? 'none' : hostOf(url)}`);
  if (isOurs === false && url !== '') output.line('   ⚠️  it is not this stack’s');
  output.line(`Pending updates: ${pendingUpdateCount}`);
  if (url !== '') {
    output.line(`Connections: ${maxConnections ?? '-'}`);
    output.line(`Updates: ${allowedUpdates?.join(', ') ?? 'as Telegram likes'}`);
  }
  if (lastError !== undefined) output.line(`Last error: ${lastError} (${time(lastErrorAtMs)})`);
  output.json({
    bot: { id: Number(secrets.botId) },
    set: url !== '',
    host: url === '' ? null : hostOf(url),
    is_ours: isOurs ?? null,
    pending_update_count: pendingUpdateCount,
    max_connections: maxConnections ?? null,
    allowed_updates: allowedUpdates ?? null,
    last_error: lastError ?? null,
    last_error_at: lastErrorAtMs === undefined ? null : new Date(lastErrorAtMs).toISOString(),
  });
  return 0;
}
