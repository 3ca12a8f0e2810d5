const CONTROL_BUT_NEWLINE_AND_TAB = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const LONE_SURROGATES = new RegExp(LONE_SURROGATE, 'g');

/**
 * Text as it may be stored and sent: no control characters but newline and tab, newlines as `\n`, no half of a
 * surrogate pair (it has no UTF-8 form, so it would come back from a store changed), no blank ends.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL_BUT_NEWLINE_AND_TAB, '')
    .replace(LONE_SURROGATES, '\ufffd')
    .trim();
}

/** {@link cleanText} on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

/** Control characters have no place in an identifier, and dropping them would make two ids one. */
export function hasControlCharacters(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** Whether the text has a UTF-8 form that reads back the same. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Part of a foreign value fit for a message on a terminal or in a chat. Lists and objects may be nested without end. */
export function excerpt(value: unknown, maxLength = 40): string {
  const text = cleanLine(wording(value));
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function wording(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
