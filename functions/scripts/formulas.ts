import { FUNCTION_WORDS } from './vocabulary.ts';

/** A name, a number, a bracket or a call with its bracket: `Raw`, `0.05`, `(Raw - RawMin)`, `ABS(Actual - Setpoint)`. */
const OPERAND = String.raw`(?:[A-Za-z_][\w.]*(?:\([^()]*\))?|\d+(?:[.,]\d+)*|\([^()]*\))`;
const OPERATOR = String.raw`(?:[-+*/×÷=<>≤≥]|<=|>=)`;
const FORMULA = new RegExp(String.raw`${OPERAND}(?: ${OPERATOR} ${OPERAND})+`, 'g');
/**
 * A sign of arithmetic that prose does not have: beside it a hyphen is a minus and a stroke a division. The sign >
 * settles nothing, since menus are written with it.
 */
const ARITHMETIC = / (?:[+*×÷=<≤≥]|<=|>=) /;
/** A difference alone, of names that no prose has: `(Raw - RawMin)`, `(x1 - x0)`. */
const BARE_DIFFERENCE = /\b([A-Za-z]\w*) - ([A-Za-z]\w*)\b/g;
const NAME_OF_CODE = /[a-z][A-Z]|_|[A-Za-z]\d/;

/** Formulas in words, before hyphens and strokes are taken for punctuation. */
export function speakFormulas(sentence: string): string {
  // A search for formulas begins anew at each letter of a long word.
  const spoken = ARITHMETIC.test(sentence)
    ? sentence.replace(FORMULA, (formula) => (ARITHMETIC.test(formula) ? inWords(formula) : formula))
    : sentence;
  return spoken.replace(BARE_DIFFERENCE, (difference: string, left: string, right: string) =>
    NAME_OF_CODE.test(left) || NAME_OF_CODE.test(right) ? `${left} minus ${right}` : difference,
  );
}

function inWords(formula: string): string {
  const isProse = (operand: string | undefined) => FUNCTION_WORDS.has(operand?.toLowerCase() ?? '');
  return formula
    .replace(/(?<=(\w+|\))) - (?=(\w*))/g, (sign, left: string, right: string) =>
      isProse(left) || isProse(right) ? sign : ' minus ',
    )
    .replace(/(?<=(\w+|\))) \/ (?=(\w*))/g, (sign, left: string, right: string) =>
      isProse(left) || isProse(right) ? sign : ' divided by ',
    )
    .replace(/ < /g, ' is less than ')
    .replace(/ > /g, ' is greater than ')
    .replace(/\bABS\(([^()]*)\)/g, 'the absolute value of $1');
}
