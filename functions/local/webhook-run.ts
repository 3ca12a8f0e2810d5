import { once } from 'node:events';
import { WEBHOOK_PATH } from '../http/paths.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { BotInUseError } from './machine/bot-lock.ts';
import { createFoundation, rememberBot } from './foundation.ts';
import { assertPortIsFree } from './machine/listen.ts';
import { announce, openFront } from './run-front.ts';
import { groundOf, type Run } from './run-options.ts';
import { importStarter } from './starter-import.ts';

/**
 * A run to which Telegram delivers, until the signal fires.
 * @throws BotInUseError, PortInUseError, StoreUnavailableError
 * @throws GrammyError, HttpError
 */
export async function runWebhook(run: Run, secrets: TelegramSecrets): Promise<void> {
  const { settings, signal, say, store, lock, shown } = run;
  const telegram = shown.watched({ token: secrets.token, apiRoot: settings.telegram.apiRoot });
  const other = await lock.take();
  if (other !== undefined) throw new BotInUseError(other);
  await assertPortIsFree(settings);
  const foundation = await createFoundation({ ...groundOf(run), secrets, telegram });
  await importStarter(store, say);
  const me = await rememberBot(store, telegram);
  run.record({ bot: { id: secrets.botId, username: `@${me.username}` } });
  say(`Bot: @${me.username} (https://t.me/${me.username})`);
  const consumer = foundation.consumerUnder();
  const served = { settings, foundation, secrets, consumer: () => consumer, bot: me, local: undefined };
  const page = await shown.open(served);
  const front = await openFront(run, { ...served, page });
  say(`Webhook: http://localhost:${front.port}${WEBHOOK_PATH} (answers through ${telegram.apiRoot})`);
  announce(run, front, page);
  foundation.watchNews();
  if (!signal.aborted) await once(signal, 'abort');
  say('Stopping: finishing the requests in hand...');
  await front.close();
  await foundation.close();
}
