import type { MessageEntity } from 'grammy/types';

/** A text cut where its formatting begins and ends. */
export type Piece = string | { readonly entity: MessageEntity; readonly pieces: readonly Piece[] };

const BLOCKS: ReadonlySet<MessageEntity['type']> = new Set(['pre', 'blockquote', 'expandable_blockquote']);

/** Telegram nests entities properly, an outer one before an inner one; what does not fit is left out. */
export function entityTree(text: string, entities: readonly MessageEntity[] = []): readonly Piece[] {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return piecesBetween({ text, from: 0, to: text.length, entities: sorted });
}

function piecesBetween(part: {
  text: string;
  from: number;
  to: number;
  entities: readonly MessageEntity[];
}): Piece[] {
  const { text, to } = part;
  const pieces: Piece[] = [];
  let at = part.from;
  let rest = part.entities;
  for (let entity = rest[0]; entity !== undefined; entity = rest[0]) {
    rest = rest.slice(1);
    const end = entity.offset + entity.length;
    if (entity.offset < at || end > to) continue;
    if (entity.offset > at) pieces.push(afterBlock(pieces.at(-1), text.slice(at, entity.offset)));
    const inner = rest.filter(({ offset, length }) => offset + length <= end);
    rest = rest.filter(({ offset }) => offset >= end);
    pieces.push({ entity, pieces: piecesBetween({ text, from: entity.offset, to: end, entities: inner }) });
    at = end;
  }
  if (at < to) pieces.push(afterBlock(pieces.at(-1), text.slice(at, to)));
  return pieces;
}

/** A block ends its line itself: the break that follows it is no empty line. */
function afterBlock(before: Piece | undefined, text: string): string {
  const isAfterBlock = typeof before === 'object' && BLOCKS.has(before.entity.type);
  return isAfterBlock ? text.replace(/^\n/, '') : text;
}
