import { DynamoStatusStore } from '../dynamodb/status-store.ts';
import type { HealthReport } from '../health/report.ts';
import { activateLayout } from '../lease/layout-change.ts';
import type { Emit } from '../lease/events.ts';
import type { UpdateHandler } from '../lease/verdict.ts';
import type { Settings } from '../settings/settings.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { VERSION } from '../settings/version.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { botOver } from '../wiring/bot.ts';
import { healthCheckOf } from '../wiring/health.ts';
import { knowledgeBaseIn } from '../wiring/knowledge.ts';
import { openProtocol, type Protocol } from '../wiring/protocol.ts';
import type { OpenedStore } from './open-store.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What a local consumer stands on, however its updates reach it. */
export interface Foundation {
  protocol: Protocol;
  handle: UpdateHandler;
  health: () => Promise<HealthReport>;
}

/**
 * The protocol, the bot and the health check over one store.
 * @throws StoreUnavailableError
 */
export async function layFoundation(options: {
  store: OpenedStore;
  settings: Settings;
  secrets: TelegramSecrets;
  telegram: TelegramAccess;
  identity: ProcessIdentity;
  emit: Emit;
  say: (line: string) => void;
}): Promise<Foundation> {
  const { store, settings, secrets, telegram, identity, emit, say } = options;
  const { client } = store;
  const { botId } = secrets;
  const protocol = openProtocol({
    client,
    settings,
    scope: botId,
    holder: identity.holder,
    holderIsDead: identity.isDead,
    emit,
  });
  await activateLayout(protocol.leases, 1);
  const health = healthCheckOf({
    client,
    settings,
    version: VERSION,
    process: { pid: process.pid, uptimeSeconds: () => process.uptime() },
  });
  const knowledge = knowledgeBaseIn({ client, tableName: settings.tableName }, ({ reason, serving }) =>
    say(`The knowledge base has a problem (served ${serving}): ${reason}`),
  );
  const handle = botOver({ client, settings, telegram, botId, knowledge, health });
  return { protocol, handle, health };
}

/**
 * Asks Telegram who the bot is, and keeps it in the table for the health check and for cold starts.
 * @throws GrammyError when the token is refused, HttpError when Telegram cannot be reached
 */
export async function rememberBot(store: OpenedStore, telegram: TelegramAccess): Promise<string> {
  const me = await telegramApi(telegram).getMe();
  const status = new DynamoStatusStore(store);
  await status.saveBot({ id: me.id, username: me.username, firstName: me.first_name });
  return me.username;
}
