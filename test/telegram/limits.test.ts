import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLBACK_VERSION, packCallback, unpackCallback } from '../../functions/telegram/limits-callback.ts';
import { escapeHtml, Html, joinHtml, rich, printable } from '../../functions/telegram/limits-html.ts';
import { firstPiece, flow, type Segment } from '../../functions/telegram/limits-split.ts';
import { byteLength, LIMITS, shorten } from '../../functions/telegram/limits.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

/** Any UTF-16 at all, lone surrogates and control characters among it, with much of what HTML cares about. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom('<b>', '</b>', '&amp;', '&', '"', '\u0000', '\ud83d', '😀', '\n\n', '\r'),
    ),
  )
  .map((parts) => parts.join(''));

const decode = (markup: string): string =>
  markup.replace(
    /&(amp|lt|gt|quot);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '',
  );
const withoutSpace = (text: string): string => text.replace(/\s+/g, '');

describe('escaping', () => {
  it('leaves no markup of foreign text, and reads back as the printable text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markup = escapeHtml(text);
        expect(markup).not.toMatch(/[<>"]|&(?!(?:amp|lt|gt|quot);)/);
        expect(decode(markup)).toBe(printable(text));
      }),
    );
  });

  it('leaves nothing that has no UTF-8 form', () => {
    fc.assert(
      fc.property(hostileText, (text) => Buffer.from(printable(text)).toString() === printable(text)),
    );
  });

  it('escapes what is put into a template, but not markup', () => {
    expect(
      rich`<b>${'a < b & "c"'}</b> ${rich`<i>${1}</i>`}${undefined}${false}${[rich`x`, rich`y`]}`.markup,
    ).toBe('<b>a &lt; b &amp; &quot;c&quot;</b> <i>1</i>xy');
  });

  it('counts characters as they are read', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(rich`<b>${text}</b><a href="${'https://a.b/?c&d'}">${text}</a>`.length).toBe(
          printable(text).length * 2,
        );
      }),
    );
  });

  it('joins what there is', () => {
    expect(joinHtml([rich`a`, undefined, rich`b`], ' & ').markup).toBe('a &amp; b');
  });
});

describe('splitting', () => {
  const wrap = (piece: string): Html => rich`<blockquote>${piece}</blockquote>`;
  const segments = fc.array(
    fc.oneof(
      fc.string({ maxLength: 80 }).map((text): Segment => rich`<b>${text}</b>`),
      fc
        .array(fc.oneof(fc.lorem(), hostileText, fc.constantFrom('\n\n', '\n', ' ')))
        .map((parts): Segment => ({ text: parts.join(''), wrap })),
    ),
    { maxLength: 8 },
  );

  it('keeps every message within the limit and loses nothing but white space', () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 100, max: 5000 }), (all, limit) => {
        const messages = flow(all, limit);
        for (const message of messages) expect(message.length).toBeLessThanOrEqual(limit);
        const told = all.map((segment) =>
          segment instanceof Html ? segment.markup : segment.wrap(segment.text).markup,
        );
        const text = (markups: string[]): string =>
          withoutSpace(decode(markups.join('').replace(/<[^>]*>/g, '')));
        expect(text(messages.map(({ markup }) => markup))).toBe(text(told));
      }),
    );
  });

  it('opens and closes every tag within its message', () => {
    fc.assert(
      fc.property(segments, (all) => {
        for (const { markup } of flow(all, 200)) {
          expect(markup.match(/<blockquote>/g)?.length).toBe(markup.match(/<\/blockquote>/g)?.length);
          expect(markup.match(/<b>/g)?.length).toBe(markup.match(/<\/b>/g)?.length);
        }
      }),
    );
  });

  it('cuts between paragraphs, else lines, else sentences, else words, else characters', () => {
    expect(firstPiece('One one one.\n\nTwo two.', 20)).toBe('One one one.');
    expect(firstPiece('One one one.\nTwo two two two.', 20)).toBe('One one one.');
    expect(firstPiece('One one one. Two two two two.', 20)).toBe('One one one.');
    expect(firstPiece('One one one two two two two', 20)).toBe('One one one two two');
    expect(firstPiece('x'.repeat(30), 20)).toBe('x'.repeat(20));
    expect(firstPiece('😀'.repeat(20), 21)).toBe('😀'.repeat(10));
  });

  it('does not leave most of a message empty for the sake of a paragraph', () => {
    expect(firstPiece(`Short.\n\n${'word '.repeat(50)}`, 100).length).toBeGreaterThan(50);
  });
});

describe('shortening', () => {
  it('keeps within the length and whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 50 }), (text, length) => {
        const short = shorten(text, length);
        expect(short.length).toBeLessThanOrEqual(length);
        expect(Buffer.from(short).toString()).toBe(short);
        if (text.length <= length) expect(short).toBe(text);
      }),
    );
  });
});

describe('callback data', () => {
  const field = fc.string({ maxLength: 8 }).filter((text) => !text.includes(':'));

  it('reads back what was packed, with colons in the last field, within 64 bytes', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 3 }), fc.string({ maxLength: 30 }), (head, tail) => {
        const fields = [...head, tail];
        const packed = (() => {
          try {
            return packCallback('r', fields);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            return undefined;
          }
        })();
        if (packed === undefined) {
          expect(byteLength([CALLBACK_VERSION, 'r', ...fields].join(':'))).toBeGreaterThan(
            LIMITS.callbackDataBytes,
          );
          return;
        }
        expect(byteLength(packed)).toBeLessThanOrEqual(LIMITS.callbackDataBytes);
        expect(unpackCallback(packed, () => fields.length)).toEqual({ op: 'r', fields });
      }),
    );
  });

  it('is not read when it is of another version, of no operation of ours, or too short', () => {
    const count = (op: string): number | undefined => (op === 'r' ? 2 : op === 'n' ? 0 : undefined);
    expect(unpackCallback('v0:r:1:x', count)).toBeUndefined();
    expect(unpackCallback('v1:z:1:x', count)).toBeUndefined();
    expect(unpackCallback('v1:r:1', count)).toBeUndefined();
    expect(unpackCallback('v1:n:1', count)).toBeUndefined();
    expect(unpackCallback('', count)).toBeUndefined();
    expect(unpackCallback('v1:n', count)).toEqual({ op: 'n', fields: [] });
  });

  it('refuses to pack a colon where it would look like a separator', () => {
    expect(() => packCallback('r', ['a:b', 'c'])).toThrow(RangeError);
  });
});
