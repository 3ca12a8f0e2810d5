import type { MessageEntity } from 'grammy/types';
import { badRequest } from '../api-error.ts';
import type { FormattedText } from './with-entities.ts';

/**
 * Takes control characters and outer white space away and moves the entities along; those that cover only white space
 * vanish. White space at the front stays where an entity covers it. @throws ApiError 400 when nothing is left
 */
export function cleaned({ text, entities }: FormattedText): FormattedText {
  if (/\p{Surrogate}/u.test(text)) throw badRequest('Strings must be encoded in UTF-8');
  // Position in the cleaned text of every position in the given one.
  const moved = new Array<number>(text.length + 1);
  let clean = '';
  for (let at = 0; at < text.length; at++) {
    moved[at] = clean.length;
    const char = text.charAt(at);
    if (/[\r\u2028-\u202e\u0333\u033f\u030a]/.test(char)) continue;
    clean += char < ' ' && char !== '\n' ? ' ' : char;
  }
  moved[text.length] = clean.length;

  const kept = entities
    .map((entity) =>
      shrunk(entity, moved[entity.offset] ?? 0, moved[entity.offset + entity.length] ?? 0, clean),
    )
    .filter((entity) => entity !== undefined);
  const end = clean.replace(/[ \n]+$/, '').length;
  const firstEntity = Math.min(...kept.map((entity) => entity.offset), end);
  const begin = Math.min(clean.length - clean.replace(/^[ \n]+/, '').length, firstEntity);
  if (end <= begin) throw badRequest('Text must be non-empty');
  return {
    text: clean.slice(begin, end),
    entities: kept.map((entity) => ({
      ...entity,
      offset: entity.offset - begin,
      length: Math.min(entity.offset + entity.length, end) - entity.offset,
    })),
  };
}

/** An entity never begins with white space, and does not consist of it. */
function shrunk(entity: MessageEntity, from: number, to: number, text: string): MessageEntity | undefined {
  const covered = text.slice(from, to);
  const content = covered.replace(/^[ \n]+/, '');
  if (content === '') return undefined;
  return { ...entity, offset: to - content.length, length: content.length };
}
