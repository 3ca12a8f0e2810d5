/** British words that no ending tells. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['aluminium', 'aluminum'],
  ['defence', 'defense'],
  ['grey', 'gray'],
  ['licence', 'license'],
  ['mould', 'mold'],
  ['programme', 'program'],
  ['programmes', 'programs'],
  ['sulphur', 'sulfur'],
  ['tyre', 'tire'],
  ['tyres', 'tires'],
]);

/**
 * Endings, longest first. The key that comes out is never shown, so that a rule may go beyond English (`noise` has the key `noize`) where
 * it leaves words of one family together: `precise` has to stay with `precision`.
 */
const ENDINGS: readonly [RegExp, string][] = [
  [/([^cv])is(ation|ations|e|ed|es|er|ers|ing|able)$/, '$1iz$2'],
  [/([^aeiou])ys(e|ed|es|er|ers|ing)$/, '$1yz$2'],
  [/(..)our(s|ed|ing|less|ful|able|ation)?$/, '$1or$2'],
  [/([bt])re(s|d)?$/, '$1er$2'],
  [/logue(s|d)?$/, 'log$1'],
  [/([aeiou][^aeiou]+[ae])ll(ed|ing|er|ers)$/, '$1l$2'],
];
const MIN_LENGTH = 5;
/** Its double letter is its own. */
const OWN_DOUBLE = /^(?:re|un)?install/;

/** The American spelling of a word in lower case, so that `colour`, `analogue` and `organise` meet `color`, `analog` and `organize`. */
export function american(word: string): string {
  const listed = WORDS.get(word);
  if (listed !== undefined) return listed;
  if (word.length < MIN_LENGTH || OWN_DOUBLE.test(word)) return word;
  for (const [ending, replacement] of ENDINGS) {
    if (ending.test(word)) return word.replace(ending, replacement);
  }
  return word;
}
