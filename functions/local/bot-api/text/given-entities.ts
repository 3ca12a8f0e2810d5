import type { MessageEntity } from 'grammy/types';
import * as v from 'valibot';
import { badRequest } from '../api-error.ts';
import { checkedLink, mentionedUserId } from './links.ts';

const PLAIN = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
] as const;

const entitySchema = v.object({
  type: v.string(),
  offset: v.pipe(v.number(), v.integer()),
  length: v.pipe(v.number(), v.integer()),
  url: v.optional(v.string(), ''),
  language: v.optional(v.string()),
  user: v.optional(v.looseObject({ id: v.number() })),
  custom_emoji_id: v.optional(v.string()),
});

const MAX_POSITION = 1_000_000;

/**
 * Entities as a bot gives them itself. Kinds that Telegram finds by itself are ignored, anything but an array counts
 * as none, empty ones vanish. @throws ApiError 400 when one is malformed or reaches past the text
 */
export function givenEntities(value: unknown, text: string): MessageEntity[] {
  if (!Array.isArray(value)) return [];
  const entities: MessageEntity[] = [];
  for (const item of value) {
    const parsed = v.safeParse(entitySchema, item);
    if (!parsed.success) {
      const field = v.getDotPath(parsed.issues[0]);
      throw badRequest(
        `Can't parse MessageEntity: ${field === null ? 'expected an Object' : `Field "${field}" is invalid`}`,
      );
    }
    const { offset, length } = parsed.output;
    if (Math.abs(offset) > MAX_POSITION || offset < 0)
      throw badRequest(`Receive an entity with incorrect offset ${offset}`);
    if (length > MAX_POSITION || length < 0)
      throw badRequest(`Receive an entity with incorrect length ${length}`);
    const entity = length === 0 ? undefined : known(parsed.output);
    if (entity) entities.push(inside(entity, text));
  }
  return entities;
}

function known(given: v.InferOutput<typeof entitySchema>): MessageEntity | undefined {
  const { type, offset, length } = given;
  const range = { offset, length };
  const plain = PLAIN.find((each) => each === type);
  if (plain) return { type: plain, ...range };
  if (type === 'pre') return { type, ...range, ...(given.language ? { language: given.language } : {}) };
  if (type === 'custom_emoji') return { type, ...range, custom_emoji_id: given.custom_emoji_id ?? '' };
  if (type === 'text_mention' && given.user) {
    return { type, ...range, user: { id: given.user.id, is_bot: false, first_name: '' } };
  }
  if (type !== 'text_link') return undefined;
  const userId = mentionedUserId(given.url);
  if (userId !== undefined)
    return { type: 'text_mention', ...range, user: { id: userId, is_bot: false, first_name: '' } };
  const url = checkedLink(given.url);
  if (url === '') throw badRequest(`Entity URL '${given.url}' is invalid`);
  return { type, ...range, url };
}

function inside(entity: MessageEntity, text: string): MessageEntity {
  const { offset, length } = entity;
  if (offset >= text.length)
    throw badRequest(`Entity begins after the end of the text at UTF-16 offset ${offset}`);
  if (offset + length > text.length) {
    throw badRequest(
      `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
    );
  }
  if (splitsSymbol(text, offset)) {
    throw badRequest(`Entity begins in a middle of a UTF-16 symbol at byte offset ${byte(text, offset)}`);
  }
  if (splitsSymbol(text, offset + length)) {
    throw badRequest(
      `Entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${byte(text, offset + length)}`,
    );
  }
  return entity;
}

const splitsSymbol = (text: string, offset: number): boolean =>
  /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(offset - 1, offset + 1)) && offset > 0;

const byte = (text: string, offset: number): number => Buffer.byteLength(text.slice(0, offset + 1));
