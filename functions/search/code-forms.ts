/**
 * A code has one form, however a display, a manual or a person writes it: `T04:C20` is type 4 code 20, `16#0204` is `0x204`,
 * `F004` is `F4`.
 */
const TYPE_OR_CODE = /^([tc])(\d{1,3})$/;
const HEXADECIMAL = /^0x([\da-f]{1,8})$/;
const LEADING_ZEROS = /^0+(?=\d)/;
const LETTER_AND_ZEROS = /^([a-z])0+(?=\d)/;
const NAMES: Readonly<Record<string, string>> = { t: 'type', c: 'code' };

/** A code without zeros in front: of its number, or of the number behind its one letter. */
export function withoutZeros(word: string): string {
  return word.replace(LEADING_ZEROS, '').replace(LETTER_AND_ZEROS, '$1');
}

/** `0x204` as what stands before and behind the sign in `16#204`; nothing for anything else. */
export function hexadecimalOf(word: string): [string, string] | undefined {
  const digits = HEXADECIMAL.exec(word)?.[1];
  return digits === undefined ? undefined : ['16', withoutZeros(digits)];
}

/** `t04` as `type 4` and `c20` as `code 20`, where the other one stands beside it. */
export function typeOrCodeOf(word: string, beside: string): [string, string] | undefined {
  const own = TYPE_OR_CODE.exec(word);
  const other = TYPE_OR_CODE.exec(beside);
  if (own === null || other === null || own[1] === other[1]) return undefined;
  return [NAMES[own[1]!]!, withoutZeros(own[2]!)];
}
