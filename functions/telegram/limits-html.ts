const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const TAG = /<[^>]*>/g;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Markup that is safe to send with `parse_mode: 'HTML'`; made by {@link rich} alone. */
export class Html {
  readonly markup: string;

  /** @param markup well-formed: everything foreign in it is escaped */
  constructor(markup: string) {
    this.markup = markup;
  }

  /** The characters that Telegram counts, in UTF-16 units: never fewer than it finds. */
  get length(): number {
    return this.markup.replace(TAG, '').replace(/&(?:amp|lt|gt|quot);/g, '_').length;
  }
}

/**
 * Markup from a template: what is put in is escaped, unless it is {@link Html} itself. A list is joined without
 * separators; `undefined` and `false` leave nothing.
 *
 * Not named `html`: formatters re-indent templates of that name, and here white space is text.
 */
export function rich(
  strings: TemplateStringsArray,
  ...values: (Html | string | number | false | undefined | readonly Html[])[]
): Html {
  let markup = strings[0] ?? '';
  values.forEach((value, i) => {
    markup += toMarkup(value) + (strings[i + 1] ?? '');
  });
  return new Html(markup);
}

export function joinHtml(parts: readonly (Html | undefined)[], separator: string): Html {
  const markups = parts.filter((part) => part !== undefined).map(({ markup }) => markup);
  return new Html(markups.join(escapeHtml(separator)));
}

/**
 * Text as Telegram's HTML has it: the four entities that it knows, no control characters, no half of a surrogate pair
 * (it has no UTF-8 form, so the whole call would be refused).
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** Text without what Telegram refuses or drops, for buttons and toasts. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROL, '').replace(LONE_SURROGATE, '\ufffd');
}

function toMarkup(value: Parameters<typeof rich>[1]): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return escapeHtml(String(value));
}
