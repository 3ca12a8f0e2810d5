import { normalise } from '../search/folding.ts';
import { LIMITS } from '../telegram/limits.ts';
import { DEED_SIGNS } from './deed-signs.ts';
import { HARM_SIGNS, type Hazard, HAZARDS, type Sign } from './hazard-signs.ts';

const SIGNS = [...HARM_SIGNS, ...DEED_SIGNS];
const REACH = 4;
/** Somebody who asks for the meaning of a word is in no danger; who asks what `that` smoke is may be. */
const EDUCATIONAL =
  /^(?:what (?:is|are|does)|whats|define|explain|definition of|meaning of|was (?:ist|sind|bedeutet|heisst)|erklar\w*) (?!(?:.* )?(?:that|this|these|those|my|our|coming|dies\w*|mein\w*|unser\w*|das fur ein)\b)/;
/** `no smoke`, in one breath: with a comma between them, `no` is an answer and the smoke is there. */
const DENIED =
  /\b(?:(?:no|without|not|kein\w*|ohne|nicht) (?:(?:any|visible|more|of|mehr) )?(?:smok\w*|burn\w*|smell\w*|fire|sparks?|shocks?|shocked|rauch\w*|qualm\w*|verbrannt\w*|brandgeruch|geruch|funken|feuer)|(?:brennt|raucht|qualmt) nicht)\b/g;
/**
 * In haste two letters beside each other change their places, or one is left out, behind the first and before the last: `smoek` and `shok`,
 * and not `frei` for `fire`. Words of their own are no slips.
 */
const IN_HASTE = new Map(
  'smoke smoking burning burnt fire shock shocked guard guards bypass jumper caught trapped stuck cable rauch qualm brennt verbrannt schlag'
    .split(' ')
    .flatMap((word) => slipsOf(word).map((slip) => [slip, word])),
);
const NO_SLIPS = 'bunt burt brent fie fre gard rauh sock socked stck suck tapped verbannt verrannt';
for (const word of NO_SLIPS.split(' ')) IN_HASTE.delete(word);

/** The worst danger that a message speaks of; `undefined` for most messages. */
export function hazardIn(text: string): Hazard | undefined {
  const words = wordsOf(text.slice(0, LIMITS.message));
  if (EDUCATIONAL.test(`${words.join(' ')} `)) return undefined;
  return HAZARDS.find((hazard) => SIGNS.some((sign) => sign.hazard === hazard && isIn(words, sign)));
}

/** In plain letters; of several spellings one. */
function wordsOf(text: string): string[] {
  const plain = normalise(text)
    .replace(/\bburn(?:ed|t|ing)?[ -]in\b/g, 'breakin')
    .replace(/\b(?:e|emergency)[ -]?stops?\b/g, 'estop')
    .replace(/\bnot[ -](aus|halt)/g, 'not$1')
    .replace(/\block(?:ed|ing)? ?out\b/g, 'lockout')
    .replace(/['’]/g, '')
    .replace(/\b(?:two|zwei)[ -]?hand(?:ed)?\b/g, 'zweihand')
    .replace(/\blight curtains?\b/g, 'lichtgitter')
    .replace(/\brobot(?:ic|s)? (?:arm|hand)\b|\b(?:arm|hand) of (?:the|a) robot\b/g, 'robot')
    .replace(
      /\bwith (?:the )?(?:power|voltage|mains|it|everything) (?:still )?(?:switched |turned )?on\b/g,
      'energized',
    )
    .replace(
      /\bwithout (?:turn|switch|shutt|power|isolat)ing(?: (?:it|the|power|supply|drive|machine))*(?: off| down)?\b/g,
      'energized',
    )
    .replace(/\bohne (?:ab|aus|frei)(?:zu)?schalten\b|\bunter strom\b/g, 'energized')
    .replace(/\b(?:have|need|has) to\b/g, 'must')
    .replace(/\bausser betrieb\b/g, 'deaktiviert')
    .replace(DENIED, ' ');
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => IN_HASTE.get(word) ?? word);
}

function slipsOf(word: string): string[] {
  const places = Array.from({ length: word.length - 2 }, (_, at) => at + 1);
  return places.flatMap((at) => [
    `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`,
    `${word.slice(0, at)}${word.slice(at + 1)}`,
  ]);
}

function isIn(
  words: readonly string[],
  { words: wanted, isOrdered = false, reach = REACH, unless }: Sign,
): boolean {
  const [first, ...others] = wanted;
  return words.some((word, at) => {
    if (!first!.test(word)) return false;
    const places = [at];
    for (const other of others) {
      const from = isOrdered ? places.at(-1)! + 1 : Math.max(0, at - reach);
      const place = words.findIndex(
        (one, i) => i >= from && i <= at + reach && !places.includes(i) && other.test(one),
      );
      if (place < 0) return false;
      places.push(place);
    }
    const isHarmless = places.some((place) =>
      words.slice(Math.max(0, place - 2), place + 3).some((one) => unless?.test(one)),
    );
    return !isHarmless;
  });
}
