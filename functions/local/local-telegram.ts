import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { hostOf } from '../telegram/webhook-state.ts';
import { startBotApiServer } from './bot-api/server.ts';
import type { LocalAdministrators } from './local-administrators.ts';
import { LOCAL_BOT, LOCAL_GROUP, LOCAL_PEOPLE } from './local-bot.ts';
import type { LocalTelegram } from './page/open-page.ts';
import type { Run } from './run-options.ts';

/**
 * Telegram for a bot without a token, and who is there to write to it. Its files have one owner, as the lease has one
 * holder: the holder of the lease opens it. From now on `telegram` names this server.
 */
export async function openLocalTelegram(
  { settings, say }: Run,
  { telegram, administrators }: { telegram: TelegramAccess; administrators: LocalAdministrators },
): Promise<LocalTelegram> {
  const secret = randomBytes(24).toString('base64url');
  const server = await startBotApiServer({
    bots: { [telegram.token]: LOCAL_BOT },
    stateFile: join(settings.dataFolder, 'telegram.json'),
    control: { secret },
    polledOnly: {
      forgotWebhook: (url) =>
        say(
          `⚠️ The local bot had a webhook at ${hostOf(url)}, which is forgotten: only this process asks for its updates`,
        ),
    },
  });
  server.subscribe((event) => {
    if (event.type === 'state-not-kept')
      say(`${event.reason}. Until it can be, the chats are forgotten when the bot ends`);
  });
  for (const person of LOCAL_PEOPLE) server.user(person);
  server.chat(LOCAL_GROUP);
  telegram.apiRoot = server.apiRoot;
  const appoint = administrators.canChange
    ? (userId: number, isAdministrator: boolean): Promise<void> =>
        administrators.appoint(userId, isAdministrator, telegramApi(telegram))
    : undefined;
  return { server, secret, appoint };
}
