import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formattedText } from '../../../functions/local/bot-api/text/formatted-text.ts';

const limit = { length: 4096, error: 'message is too long' };
const html = (text: string) => formattedText({ text, parseMode: 'HTML', entities: undefined }, limit);
const given = (text: string, entities: unknown) => formattedText({ text, parseMode: '', entities }, limit);
const span = (type: string, offset: number, length: number, more: object = {}) => ({
  type,
  offset,
  length,
  ...more,
});

describe('parse_mode HTML', () => {
  test.each([
    ['<b>a</b><strong>b</strong>', 'ab', [span('bold', 0, 2)]],
    ['<i>a</i> <em>b</em>', 'a b', [span('italic', 0, 1), span('italic', 2, 1)]],
    ['<u>a</u> <ins>b</ins>', 'a b', [span('underline', 0, 1), span('underline', 2, 1)]],
    [
      '<s>a</s> <strike>b</strike> <del>c</del>',
      'a b c',
      [0, 2, 4].map((at) => span('strikethrough', at, 1)),
    ],
    [
      '<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>',
      'a b',
      [0, 2].map((at) => span('spoiler', at, 1)),
    ],
    ['<code>a</code>', 'a', [span('code', 0, 1)]],
    ['<pre>a\nb</pre>', 'a\nb', [span('pre', 0, 3)]],
    ['<pre><code class="language-st">a</code></pre>', 'a', [span('pre', 0, 1, { language: 'st' })]],
    ['<code class="language-st">a</code>', 'a', [span('code', 0, 1)]],
    ['<a href="https://example.com">x</a>', 'x', [span('text_link', 0, 1, { url: 'https://example.com/' })]],
    [
      "<a href='https://example.com/?a=1&amp;b=2'>x</a>",
      'x',
      [span('text_link', 0, 1, { url: 'https://example.com/?a=1&b=2' })],
    ],
    [
      '<a href="tg://user?id=7">x</a>',
      'x',
      [span('text_mention', 0, 1, { user: { id: 7, is_bot: false, first_name: '' } })],
    ],
    ['<a href="no link">x</a>', 'x', []],
    ['<blockquote>a</blockquote>', 'a', [span('blockquote', 0, 1)]],
    ['<blockquote expandable>a</blockquote>', 'a', [span('expandable_blockquote', 0, 1)]],
    ['<tg-emoji emoji-id="5">👍</tg-emoji>', '👍', [span('custom_emoji', 0, 2, { custom_emoji_id: '5' })]],
    [
      '<tg-time unix="1647531900" format="wDT">x</tg-time>',
      'x',
      [span('date_time', 0, 1, { unix_time: 1_647_531_900, date_time_format: 'wDT' })],
    ],
    ['😀<b>a</b>', '😀a', [span('bold', 2, 1)]],
    ['<B>a</B>', 'a', [span('bold', 0, 1)]],
    ['<b>a</>', 'a', [span('bold', 0, 1)]],
    ['<b></b>a', 'a', []],
    ['<b> </b>a', 'a', []],
    ['<b> a</b>', 'a', [span('bold', 0, 1)]],
    ['a &lt;b&gt; &amp; &quot;c&quot;', 'a <b> & "c"', []],
    ['&#65;&#x42;&#128512;', 'AB😀', []],
    ['&nbsp;&copy;&apos; & &;', '&nbsp;&copy;&apos; & &;', []],
    ['&ltx', '&ltx', []],
    ['&lt x', '< x', []],
    ['2 > 1', '2 > 1', []],
  ])('reads %s', (source, text, entities) => {
    expect(html(source)).toEqual({ text, entities });
  });

  test.each([
    ['<p>a</p>', 'Unsupported start tag "p" at byte offset 0'],
    ['ü <topic>', 'Unsupported start tag "topic" at byte offset 3'],
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['a <b', 'Unclosed start tag at byte offset 2'],
    ['<b>a', `Can't find end tag corresponding to start tag "b"`],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<b><i>a</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['<b>a</b', 'Unclosed end tag at byte offset 4'],
    ['<a href>x</a>', 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'],
    ['<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href="x>x</a>', 'Unclosed start tag "a" at byte offset 0'],
    ['<a href=http://x>x</a>', 'Unexpected end of name token at byte offset 8'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<span class="other">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['&#xd800;', 'Text contains invalid Unicode characters after decoding HTML entities'],
  ])('refuses %s', (source, reason) => {
    expect(() => html(source)).toThrow(`Bad Request: can't parse entities: ${reason}`);
  });

  test('lets code hold nothing, and cuts bold around it', () => {
    expect(html('<b>a<code>b</code>c</b>').entities).toEqual([
      span('bold', 0, 1),
      span('code', 1, 1),
      span('bold', 2, 1),
    ]);
    expect(html('<code>a<b>b</b></code>').entities).toEqual([span('code', 0, 2)]);
  });

  test('does not nest block quotes', () => {
    const entities = html('<blockquote>a<blockquote>b</blockquote></blockquote>').entities;
    expect(entities).toEqual([span('blockquote', 0, 2)]);
  });

  test('finds commands, tags and addresses in the text, but not in links and code', () => {
    const { entities } = html('/help #plc <code>/help</code> <a href="https://x.y">@name</a>');
    expect(entities.map(({ type }) => type)).toEqual(['bot_command', 'hashtag', 'code', 'text_link']);
  });

  test('keeps the formatting of 100 entities', () => {
    const { entities } = html('<b>x</b> '.repeat(150));
    expect(entities).toHaveLength(100);
  });

  test('either refuses a text or yields entities inside it, whatever the text', () => {
    const part = fc.constantFrom(
      '<b>',
      '</b>',
      '<i>',
      '</i>',
      '<code>',
      '</code>',
      '<a href="x.y">',
      '</a>',
      '&lt;',
      'ü',
      '😀',
      ' ',
      '\n',
      'x',
      '<blockquote>',
      '</blockquote>',
      '/go',
      '#a',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        let result;
        try {
          result = html(parts.join(''));
        } catch (error) {
          expect((error as Error).message).toMatch(/^Bad Request: /);
          return;
        }
        for (const { offset, length } of result.entities) {
          const covered = result.text.slice(offset, offset + length);
          expect(covered).toHaveLength(length);
          expect(covered).toMatch(/^[^ \n]/);
          expect(covered).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
        }
      }),
    );
  });
});

describe('entities given by the bot', () => {
  test('are kept as given', () => {
    const entities = [span('bold', 0, 5), span('text_link', 6, 4, { url: 'https://example.com/a' })];
    expect(given('hello link', entities).entities).toEqual(entities);
  });

  test('of kinds that Telegram finds by itself, and empty ones, are ignored', () => {
    expect(
      given('hello', [span('bot_command', 0, 5), span('bold', 0, 0), span('unheard_of', 0, 2)]).entities,
    ).toEqual([]);
  });

  test.each([
    [
      'begin past the end',
      [span('bold', 5, 1)],
      'entity begins after the end of the text at UTF-16 offset 5',
    ],
    [
      'end past the end',
      [span('bold', 1, 5)],
      'entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 6',
    ],
    ['begin before the text', [span('bold', -1, 2)], 'receive an entity with incorrect offset -1'],
    ['have a negative length', [span('bold', 0, -2)], 'receive an entity with incorrect length -2'],
    ['lack a field', [{ type: 'bold', offset: 0 }], `can't parse MessageEntity: Field "length" is invalid`],
    ['are no objects', ['bold'], `can't parse MessageEntity: expected an Object`],
    ['link nowhere', [span('text_link', 0, 1, { url: '' })], "entity URL '' is invalid"],
  ])('that %s are refused', (_, entities, reason) => {
    expect(() => given('hello', entities)).toThrow(`Bad Request: ${reason}`);
  });

  test('may not cut a symbol in two', () => {
    expect(() => given('😀', [span('bold', 1, 1)])).toThrow('begins in a middle of a UTF-16 symbol');
    expect(() => given('😀', [span('bold', 0, 1)])).toThrow('ends in a middle of a UTF-16 symbol');
  });

  test('are merged where they touch and cut where they cross', () => {
    expect(given('abcdef', [span('bold', 0, 2), span('bold', 2, 2)]).entities).toEqual([span('bold', 0, 4)]);
    expect(given('abcdef', [span('bold', 0, 4), span('italic', 2, 4)]).entities).toEqual([
      span('bold', 0, 4),
      span('italic', 2, 2),
      span('italic', 4, 2),
    ]);
  });
});

describe('a text', () => {
  test('loses control characters and outer white space, and its entities move along', () => {
    expect(given(' \n a\tb\r\u2028c \n', [span('bold', 5, 4)])).toEqual({
      text: 'a bc',
      entities: [span('bold', 2, 2)],
    });
  });

  test('keeps white space inside', () => {
    expect(given('a  \n\n b', undefined).text).toBe('a  \n\n b');
  });
});
