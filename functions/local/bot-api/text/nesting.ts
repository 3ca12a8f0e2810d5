import type { MessageEntity } from 'grammy/types';

/** Kinds that can be cut in two, in the order in which Telegram lists them at one place. */
const SPLITTABLE = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler'] as const;
const BLOCKQUOTES: readonly string[] = ['blockquote', 'expandable_blockquote'];
const CODE: readonly string[] = ['pre', 'code'];

const FOUND: readonly string[] = ['bot_command', 'mention', 'hashtag', 'cashtag', 'url', 'email'];

/** Telegram silently ignores formatting beyond this number of entities, found ones not counted. */
const MAX_ENTITIES = 100;

const end = (entity: MessageEntity): number => entity.offset + entity.length;
const isSplittable = (entity: MessageEntity): boolean => SPLITTABLE.some((type) => type === entity.type);
const isBlockquote = (entity: MessageEntity): boolean => BLOCKQUOTES.includes(entity.type);
const overlap = (a: MessageEntity, b: MessageEntity): boolean => a.offset < end(b) && b.offset < end(a);
const within = (a: MessageEntity, b: MessageEntity): boolean => a.offset >= b.offset && end(a) <= end(b);

function rank(entity: MessageEntity): number {
  if (isBlockquote(entity)) return 0;
  const splittable = SPLITTABLE.findIndex((type) => type === entity.type);
  return splittable === -1 ? 1 : 2 + splittable;
}

const sorted = (entities: readonly MessageEntity[]): MessageEntity[] =>
  [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b));

/** The first of overlapping entities stays. */
function apart(entities: readonly MessageEntity[]): MessageEntity[] {
  const kept: MessageEntity[] = [];
  for (const entity of entities) if (!kept.some((other) => overlap(other, entity))) kept.push(entity);
  return kept;
}

/**
 * The entities as Telegram nests them: links, code and the like never overlap, block quotes neither; code holds nothing
 * else; bold and its kin are merged with themselves and cut where they would cross another entity.
 */
export function nested(entities: readonly MessageEntity[]): MessageEntity[] {
  const all = sorted(entities);
  const quotes = apart(all.filter(isBlockquote));
  const solid = apart(all.filter((entity) => !isBlockquote(entity) && !isSplittable(entity))).filter(
    (entity) => quotes.every((quote) => !overlap(quote, entity) || within(entity, quote)),
  );
  const frames = [...solid, ...quotes];
  const code = solid.filter((entity) => CODE.includes(entity.type));
  const pieces = SPLITTABLE.flatMap((type) => merged(all.filter((entity) => entity.type === type)));
  const crossing = pieces.some((piece) =>
    frames.some((frame) => overlap(piece, frame) && !within(piece, frame) && !within(frame, piece)),
  );
  const inCode = (entity: MessageEntity): boolean => code.some((each) => overlap(each, entity));
  const cut = crossing || pieces.some(inCode) ? pieces.flatMap((piece) => cutAt(piece, frames)) : pieces;
  const fitting = sorted(disentangled(cut.filter((piece) => !inCode(piece))));
  const given = [...frames.filter((entity) => !FOUND.includes(entity.type)), ...fitting];
  return sorted([...frames.filter((entity) => FOUND.includes(entity.type)), ...given.slice(0, MAX_ENTITIES)]);
}

/** Adds what was found in the text wherever nothing solid was given. */
export function withFound(
  entities: readonly MessageEntity[],
  found: readonly MessageEntity[],
): MessageEntity[] {
  const solid = entities.filter((entity) => !isSplittable(entity) && !isBlockquote(entity));
  const free = found.filter((entity) => !solid.some((other) => overlap(other, entity)));
  return nested([...entities, ...free]);
}

/** One type's ranges without overlaps; touching ones become one. */
function merged(entities: readonly MessageEntity[]): MessageEntity[] {
  const result: MessageEntity[] = [];
  for (const entity of entities) {
    const last = result.at(-1);
    if (last && entity.offset <= end(last)) {
      result[result.length - 1] = { ...last, length: Math.max(end(last), end(entity)) - last.offset };
    } else result.push(entity);
  }
  return result;
}

/** Splittable types may nest in one another but not cross: the later one is cut at the end of the earlier. */
function disentangled(pieces: readonly MessageEntity[]): MessageEntity[] {
  const result: MessageEntity[] = [];
  for (const piece of sorted(pieces)) {
    const crossed = result.filter(
      (other) => overlap(other, piece) && !within(piece, other) && !within(other, piece),
    );
    result.push(...cutAt(piece, crossed));
  }
  return result;
}

/** The entity in pieces, cut at every border of the others inside it. */
function cutAt(entity: MessageEntity, others: readonly MessageEntity[]): MessageEntity[] {
  const borders = others.flatMap((other) => [other.offset, end(other)]);
  const inside = [...new Set(borders)]
    .filter((at) => at > entity.offset && at < end(entity))
    .sort((a, b) => a - b);
  const places = [entity.offset, ...inside, end(entity)];
  return places
    .slice(1)
    .map((to, index) => ({ ...entity, offset: places[index] ?? 0, length: to - (places[index] ?? 0) }));
}
