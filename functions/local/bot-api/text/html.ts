import type { MessageEntity } from 'grammy/types';
import { badRequest } from '../api-error.ts';
import type { FormattedText } from './with-entities.ts';
import { codeLanguage, entityOf, isHtmlTag, type HtmlTag, type TextRange } from './html-tags.ts';

/** The only named references; everything else stays as it is written. */
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

const SPACE = /[ \t\r\n\v]/;

/** Parses `parse_mode: HTML` by Telegram's rules. @throws ApiError 400 "can't parse entities: ..." */
export function parseHtml(source: string): FormattedText {
  return new HtmlParser(source).parse();
}

class HtmlParser {
  readonly #source: string;
  #at = 0;
  #text = '';
  readonly #open: HtmlTag[] = [];
  readonly #entities: MessageEntity[] = [];
  /** Languages of `code` entities, which show one only inside `pre`. */
  readonly #languages = new Map<MessageEntity, string>();

  constructor(source: string) {
    this.#source = source;
  }

  parse(): FormattedText {
    while (this.#at < this.#source.length) {
      const char = this.#source.charAt(this.#at);
      if (char === '&') this.#text += this.#reference() ?? this.#take();
      else if (char !== '<') this.#text += this.#take();
      else if (this.#source.charAt(this.#at + 1) === '/') this.#endTag();
      else this.#startTag();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed) throw badEntities(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
    if (/\p{Surrogate}/u.test(this.#text)) {
      throw badEntities('Text contains invalid Unicode characters after decoding HTML entities');
    }
    return { text: this.#text, entities: this.#entities };
  }

  #take(): string {
    return this.#source.charAt(this.#at++);
  }

  /** A character reference at the current place, undefined (and nothing consumed) if it is none Telegram knows. */
  #reference(): string | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 12);
    const named = /^&([a-z]+);?/i.exec(rest);
    const known = named?.[1] === undefined ? undefined : NAMED[named[1]];
    if (named && known !== undefined) {
      this.#at += named[0].length;
      return known;
    }
    const numeric = /^&#(?:x([0-9a-f]+)|([0-9]+));?/i.exec(rest);
    if (!numeric) return undefined;
    const code = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16);
    if (code === 0 || code >= 0x10ffff || numeric[0].replace(';', '').length >= 10) return undefined;
    this.#at += numeric[0].length;
    return String.fromCodePoint(code);
  }

  #startTag(): void {
    const begin = this.#at++;
    const name = this.#until(/[\s>]/).toLowerCase();
    if (this.#at >= this.#source.length)
      throw badEntities(`Unclosed start tag at byte offset ${this.#byte(begin)}`);
    if (!isHtmlTag(name)) {
      throw badEntities(`Unsupported start tag "${name}" at byte offset ${this.#byte(begin)}`);
    }
    const attributes = this.#attributes(name, begin);
    if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
      throw badEntities(`Tag "span" must have class "tg-spoiler" at byte offset ${this.#byte(begin)}`);
    }
    this.#open.push({ name, attributes, offset: this.#text.length });
  }

  #attributes(tag: string, begin: number): Map<string, string> {
    const attributes = new Map<string, string>();
    const where = `the tag "${tag}" at byte offset ${this.#byte(begin)}`;
    for (;;) {
      this.#skipSpace();
      if (this.#at >= this.#source.length) throw badEntities(`Unclosed start ${where.slice('the '.length)}`);
      if (this.#source.charAt(this.#at) === '>') break;
      const name = this.#until(/[\s=>]/).toLowerCase();
      if (name === '') throw badEntities(`Empty attribute name in ${where}`);
      this.#skipSpace();
      if (this.#source.charAt(this.#at) === '=') {
        this.#at++;
        attributes.set(name, this.#attributeValue(where));
      } else if (tag === 'blockquote' && name === 'expandable') {
        attributes.set(name, '');
      } else {
        throw badEntities(`Expected equal sign in declaration of an attribute of ${where}`);
      }
    }
    this.#at++;
    return attributes;
  }

  #attributeValue(where: string): string {
    this.#skipSpace();
    const quote = this.#source.charAt(this.#at);
    if (quote !== '"' && quote !== "'") {
      const begin = this.#at;
      const token = this.#until(/[^a-z0-9.-]/i).toLowerCase();
      if (
        this.#at < this.#source.length &&
        !SPACE.test(this.#source.charAt(this.#at)) &&
        this.#source.charAt(this.#at) !== '>'
      ) {
        throw badEntities(`Unexpected end of name token at byte offset ${this.#byte(begin)}`);
      }
      return token;
    }
    this.#at++;
    let value = '';
    while (this.#at < this.#source.length && this.#source.charAt(this.#at) !== quote) {
      value += this.#source.charAt(this.#at) === '&' ? (this.#reference() ?? this.#take()) : this.#take();
    }
    if (this.#at >= this.#source.length) throw badEntities(`Unclosed start ${where.slice('the '.length)}`);
    this.#at++;
    return value;
  }

  #endTag(): void {
    const begin = this.#at;
    const tag = this.#open.at(-1);
    if (!tag) throw badEntities(`Unexpected end tag at byte offset ${this.#byte(begin)}`);
    this.#at += 2;
    const name = this.#until(/[\s>]/).toLowerCase();
    this.#skipSpace();
    if (this.#take() !== '>') throw badEntities(`Unclosed end tag at byte offset ${this.#byte(begin)}`);
    if (name !== '' && name !== tag.name) {
      throw badEntities(
        `Unmatched end tag at byte offset ${this.#byte(begin)}, expected "</${tag.name}>", found "</${name}>"`,
      );
    }
    this.#open.pop();
    if (this.#text.length > tag.offset) this.#close(tag);
  }

  #close(tag: HtmlTag): void {
    const range = { offset: tag.offset, length: this.#text.length - tag.offset };
    if (tag.name === 'pre' || tag.name === 'code') return this.#closeCode(tag.name, tag, range);
    const entity = entityOf(tag, range, this.#text.slice(tag.offset));
    if (entity) this.#entities.push(entity);
  }

  /** `<pre><code class="language-x">` (and the reverse) around the same text is one `pre` with a language. */
  #closeCode(type: 'pre' | 'code', tag: HtmlTag, range: TextRange): void {
    const inner = this.#entities.at(-1);
    const same = inner?.offset === range.offset && inner.length === range.length ? inner : undefined;
    const language =
      type === 'code' ? codeLanguage(tag) : same?.type === 'code' ? this.#languages.get(same) : undefined;
    const isPair = language !== undefined && same !== undefined && same.type !== type;
    if (isPair && (same.type === 'pre' || same.type === 'code')) {
      this.#entities[this.#entities.length - 1] = { type: 'pre', ...range, language };
      return;
    }
    const entity: MessageEntity = { type, ...range };
    if (type === 'code' && language !== undefined) this.#languages.set(entity, language);
    this.#entities.push(entity);
  }

  #until(end: RegExp): string {
    const begin = this.#at;
    while (this.#at < this.#source.length && !end.test(this.#source.charAt(this.#at))) this.#at++;
    return this.#source.slice(begin, this.#at);
  }

  #skipSpace(): void {
    while (SPACE.test(this.#source.charAt(this.#at))) this.#at++;
  }

  /** Telegram counts its error positions in UTF-8 bytes. */
  #byte(position: number): number {
    return Buffer.byteLength(this.#source.slice(0, position));
  }
}

const badEntities = (reason: string): Error => badRequest(`can't parse entities: ${reason}`);
