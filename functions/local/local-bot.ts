import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { deriveWebhookSecret } from '../telegram/webhook-secret.ts';
import { unusableFile } from './store/data-folder-error.ts';
import { keepPrivateFile } from './machine/private-files.ts';

/** A bot without an account: known to the local Bot API server and to nobody else. */
export const LOCAL_BOT = {
  id: 1000000001,
  username: 'local_agent_factory_bot',
  first_name: 'Agent Factory',
} as const;

/** The name of a bot without an account where others have theirs. */
export const LOCAL_NAME = 'local, not on Telegram';

const tokenSchema = v.object({ token: v.pipe(v.string(), v.regex(/^1000000001:[A-Za-z0-9_-]{35}$/)) });

/**
 * The stand-in for the secrets of a bot without a token: each data folder has a token of its own, which only the
 * folder's owner may read. Anybody who knows it may act as the bot.
 * @param options.create whether a new token is kept in a folder that has none; otherwise the token is made up and forgotten
 * @throws DataFolderError where none can be kept
 */
export function localSecrets(dataFolder: string, options: { create: boolean }): TelegramSecrets {
  const file = join(dataFolder, 'local-bot.json');
  const kept = readToken(file);
  const token = kept ?? `${LOCAL_BOT.id}:${randomBytes(27).toString('base64url').slice(0, 35)}`;
  if (kept !== undefined || !options.create) return secretsOf(token);
  try {
    rmSync(file, { force: true });
    keepPrivateFile(file, JSON.stringify({ token }));
  } catch (error) {
    throw unusableFile(file, error);
  }
  return secretsOf(readToken(file) ?? token);
}

function secretsOf(token: string): TelegramSecrets {
  return { token, botId: String(LOCAL_BOT.id), webhookSecret: deriveWebhookSecret(token) };
}

/** One that cannot be read, or is none, is replaced: nothing else knows it. */
function readToken(file: string): string | undefined {
  try {
    return v.parse(tokenSchema, JSON.parse(readFileSync(file, 'utf8'))).token;
  } catch {
    return undefined;
  }
}

/**
 * The people that one can try the bot as. The second one administrates at first, unless `ADMIN_USER_IDS` names others.
 */
export const LOCAL_PEOPLE = [
  { id: 1, first_name: 'You', username: 'you', language_code: 'en' },
  { id: 2, first_name: 'Ada', username: 'ada', language_code: 'en' },
  { id: 3, first_name: 'Jürgen', username: 'juergen', language_code: 'de' },
] as const;

export const LOCAL_ADMINISTRATOR = LOCAL_PEOPLE[1].id;

export const LOCAL_GROUP = { id: -1_000_000_000_001, type: 'supergroup', title: 'Night shift' } as const;
