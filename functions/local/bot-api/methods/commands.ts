import type { BotCommand } from 'grammy/types';
import * as v from 'valibot';
import { badRequest } from '../api-error.ts';
import type { Method, MethodContext } from './method.ts';

const MAX_COMMANDS = 100;

const commandsSchema = v.array(v.object({ command: v.string(), description: v.string() }));

export const setMyCommands: Method = (context) => {
  const { bot, telegram } = context;
  bot.texts.setCommands(scopeOf(context), languageOf(context), commandsOf(context));
  telegram.changed();
  return { result: true };
};

export const getMyCommands: Method = (context) => ({
  result: context.bot.texts.commands(scopeOf(context), languageOf(context)),
});

export const deleteMyCommands: Method = (context) => {
  const { bot, telegram } = context;
  bot.texts.setCommands(scopeOf(context), languageOf(context), []);
  telegram.changed();
  return { result: true };
};

function commandsOf({ args }: MethodContext): BotCommand[] {
  let value: unknown;
  try {
    value = args.json('commands') ?? [];
  } catch {
    throw badRequest("Can't parse commands JSON object");
  }
  const parsed = v.safeParse(commandsSchema, value);
  if (!parsed.success) throw badRequest('Expected an Array of BotCommand');
  if (parsed.output.length > MAX_COMMANDS) throw badRequest("There can't be more than 100 bot commands");
  return parsed.output.map(({ command, description }) => {
    const name = command.replace(/^\//, '');
    if (name === '') throw badRequest('Command must be non-empty');
    if (name.length > 32) throw badRequest('Command length must not exceed 32');
    if (!/^[a-z0-9_]+$/.test(name)) throw badRequest('BOT_COMMAND_INVALID');
    if (description.trim() === '') throw badRequest('Command description must be non-empty');
    if (description.length > 256) throw badRequest('Command description length must not exceed 256');
    return { command: name, description };
  });
}

/** '' for all languages. */
export function languageOf({ args }: MethodContext): string {
  const language = args.text('language_code');
  if (language !== '' && !/^[a-z]{2}$/.test(language)) throw badRequest('Invalid language code specified');
  return language;
}

const scopeSchema = v.variant('type', [
  v.object({
    type: v.picklist(['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators']),
  }),
  v.object({ type: v.picklist(['chat', 'chat_administrators']), chat_id: v.union([v.number(), v.string()]) }),
  v.object({
    type: v.literal('chat_member'),
    chat_id: v.union([v.number(), v.string()]),
    user_id: v.number(),
  }),
]);

/** A key for the scope. @throws ApiError 400 for an unknown scope or chat */
function scopeOf({ args, telegram }: MethodContext): string {
  let value: unknown;
  try {
    value = args.json('scope') ?? { type: 'default' };
  } catch {
    throw badRequest("Can't parse BotCommandScope JSON object");
  }
  const parsed = v.safeParse(scopeSchema, value);
  if (!parsed.success) throw badRequest("Can't parse BotCommandScope: Unsupported type specified");
  const scope = parsed.output;
  if (!('chat_id' in scope)) return scope.type;
  if (!telegram.people.chat(Number(scope.chat_id))) throw badRequest('chat not found');
  return [scope.type, scope.chat_id, ...('user_id' in scope ? [scope.user_id] : [])].join(':');
}
