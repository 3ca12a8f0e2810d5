const ASCII_ONLY = /^[\x20-\x7e]*$/;
/** Letters with a stroke, without a dot or of two: Unicode has no decomposition for them. */
const UNDECOMPOSED = /[ßłøıœæđðþħŋĸ]/g;
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  ı: 'i',
  œ: 'oe',
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŋ: 'n',
  ĸ: 'k',
};

/**
 * A word without what keyboards lack: lower case, compatibility forms resolved, accents dropped, `ß ł ø` in plain letters.
 * This is a key to compare by; people are shown what a text has.
 */
export function normalise(raw: string): string {
  if (ASCII_ONLY.test(raw)) return raw.toLowerCase();
  return raw
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(UNDECOMPOSED, (letter) => PLAIN[letter] ?? letter);
}

/** A word as a person would write it in the middle of a sentence. */
export function spelledOut(raw: string): string {
  return raw.normalize('NFC').toLowerCase();
}
