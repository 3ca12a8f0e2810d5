import type { MessageEntity } from 'grammy/types';
import { describe, expect, test } from 'vitest';
import { entityTree, type Piece } from '../../../functions/local/page/app/chat/entity-tree.ts';

const written = (piece: Piece): string =>
  typeof piece === 'string' ? piece : `<${piece.entity.type}>${piece.pieces.map(written).join('')}</>`;

const html = (text: string, ...entities: [MessageEntity['type'], number, number][]): string =>
  entityTree(
    text,
    entities.map(([type, offset, length]) => ({ type, offset, length }) as MessageEntity),
  )
    .map(written)
    .join('');

describe('entityTree', () => {
  test('leaves a text without entities as it is', () => {
    expect(html('motor')).toBe('motor');
  });

  test('cuts the text where an entity begins and ends', () => {
    expect(html('the motor hums', ['bold', 4, 5])).toBe('the <bold>motor</> hums');
  });

  test('nests an entity in the longer one that begins with it', () => {
    expect(html('the motor hums', ['italic', 4, 5], ['bold', 4, 10])).toBe(
      'the <bold><italic>motor</> hums</>',
    );
  });

  test('keeps several entities inside one', () => {
    expect(html('a b c', ['blockquote', 0, 5], ['bold', 0, 1], ['italic', 4, 1])).toBe(
      '<blockquote><bold>a</> b <italic>c</></>',
    );
  });

  test('leaves out an entity that crosses another, and one beyond the text', () => {
    expect(html('abcdef', ['bold', 0, 4], ['italic', 2, 4], ['code', 5, 9])).toBe('<bold>abcd</>ef');
  });

  test('takes the break after a quote or a code block for its end, and any further one for a line', () => {
    expect(html('a\n\nb', ['blockquote', 0, 1])).toBe('<blockquote>a</>\nb');
    expect(html('a\nb', ['pre', 0, 1])).toBe('<pre>a</>b');
    expect(html('a\nb', ['bold', 0, 1])).toBe('<bold>a</>\nb');
  });

  test('counts in UTF-16 units, as Telegram does', () => {
    expect(html('🔧 motor', ['bold', 3, 5])).toBe('🔧 <bold>motor</>');
  });
});
