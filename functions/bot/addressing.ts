import type { Message, MessageEntity, Update } from 'grammy/types';
import { ADMIN_COMMANDS, PUBLIC_COMMANDS } from './commands.ts';
import type { BotContext } from './context.ts';

/** The content that a person puts into a chat; a message without any is news of Telegram about the chat. */
const CONTENT = [
  'text',
  'animation',
  'audio',
  'checklist',
  'contact',
  'dice',
  'document',
  'game',
  'location',
  'paid_media',
  'photo',
  'poll',
  'sticker',
  'story',
  'venue',
  'video',
  'video_note',
  'voice',
] as const satisfies readonly (keyof Message)[];

const PUBLIC: ReadonlySet<string> = new Set(PUBLIC_COMMANDS);
const ALL: ReadonlySet<string> = new Set([...PUBLIC_COMMANDS, ...ADMIN_COMMANDS]);

/**
 * Whether an update asks something of the bot. In a private chat everything does that a person wrote; in a group only
 * a command of this bot, a text that mentions it, or one that replies to a message of it. Channels, their posts in a group that discusses them, service
 * messages and other kinds of updates do not.
 */
export function isAddressed(ctx: BotContext): boolean {
  const { message, me } = ctx;
  if (ctx.sender === undefined) return false;
  if (ctx.inlineQuery !== undefined) return true;
  // A message shared through inline mode has none of the buttons that are answered.
  if (ctx.callbackQuery !== undefined) return ctx.callbackQuery.message !== undefined;
  // An article that somebody shared through inline mode comes back as a message.
  if (message === undefined || message.is_automatic_forward || message.via_bot?.id === me.id) return false;
  switch (message.chat.type) {
    case 'private':
      return CONTENT.some((kind) => message[kind] !== undefined);
    case 'group':
    case 'supergroup':
      return commandsThis(message, ctx) || mentions(message, me.username) || answersThis(message, me.id);
    default:
      return false;
  }
}

/** The words of a message: its text, or what stands below a picture. */
export function textOf(message: Pick<Message, 'text' | 'caption'>): string | undefined {
  return message.text ?? message.caption;
}

/** The text without the mention that made it ours. */
export function withoutMention(text: string, username: string): string {
  return text.replace(new RegExp(`@${username}(?!\\w)`, 'gi'), ' ');
}

/** The command a message begins with, without its slash; `@name` stays. */
export function commandOf(message: Message): string | undefined {
  // Where all of it is in bold, that is the first of its entities.
  const command = entitiesOf(message).find(({ type, offset }) => type === 'bot_command' && offset === 0);
  return command && (textOf(message) ?? '').slice(1, command.length);
}

/** Phones begin a message with a capital letter: `/Help` is `/help`. */
export function withPlainCommand(update: Update): Update {
  const { message } = update;
  const typed = message?.text === undefined ? undefined : commandOf(message)?.split('@')[0];
  const plain = typed?.toLowerCase();
  if (message?.text === undefined || plain === undefined || plain === typed || !ALL.has(plain)) return update;
  const text = `/${plain}${message.text.slice(plain.length + 1)}`;
  return { ...update, message: { ...message, text } };
}

function commandsThis(message: Message, { isAdmin, me }: BotContext): boolean {
  const [name = '', target] = (commandOf(message) ?? '').split('@');
  if (target !== undefined) return target.toLowerCase() === me.username.toLowerCase();
  return (isAdmin ? ALL : PUBLIC).has(name);
}

/** In a topic each message is a reply to the message that began it, which says nothing. */
function answersThis(message: Message, botId: number): boolean {
  const { reply_to_message: repliedTo } = message;
  const isReply = repliedTo?.from?.id === botId && repliedTo.forum_topic_created === undefined;
  return isReply && textOf(message) !== undefined && commandOf(message) === undefined;
}

function mentions(message: Message, username: string): boolean {
  const text = textOf(message) ?? '';
  return entitiesOf(message).some(
    ({ type, offset, length }) =>
      type === 'mention' && text.slice(offset + 1, offset + length).toLowerCase() === username.toLowerCase(),
  );
}

function entitiesOf(message: Message): MessageEntity[] {
  return message.entities ?? message.caption_entities ?? [];
}
