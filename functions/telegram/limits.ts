/** The limits beyond which the Bot API refuses a call: https://core.telegram.org/bots/api */
export const LIMITS = {
  /** Characters of a message, after its entities were parsed. */
  message: 4096,
  /** Characters of a caption, after its entities were parsed. */
  caption: 1024,
  /** Bytes of a button's data. */
  callbackDataBytes: 64,
  /** Characters of the toast that answers a press. */
  toast: 200,
  /** Characters of a deep link's payload, out of `A-Z a-z 0-9 _ -`. */
  startPayload: 64,
  commandDescription: 256,
  botDescription: 512,
  botShortDescription: 120,
} as const;

/** Not refused beyond, but no phone shows more of a button. */
export const BUTTON_CHARACTERS = 60;

const ELLIPSIS = '…';

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** At most `maxLength` characters, the last of them an ellipsis where something was cut off. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return wholeCharacters(text, maxLength - ELLIPSIS.length).trimEnd() + ELLIPSIS;
}

/** At most `end` characters, without the half of a surrogate pair. */
export function wholeCharacters(text: string, end: number): string {
  const last = text.charCodeAt(end - 1);
  const splitsPair = end < text.length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? end - 1 : end);
}
