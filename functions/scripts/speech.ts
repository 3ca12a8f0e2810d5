import { speakFormulas } from './formulas.ts';

const PREFIXES = { n: 'nano', µ: 'micro', m: 'milli', k: 'kilo', M: 'mega', G: 'giga' } as const;
const BASES = {
  A: 'amp',
  V: 'volt',
  W: 'watt',
  Ω: 'ohm',
  Hz: 'hertz',
  s: 'second',
  m: 'meter',
  VA: 'volt-amp',
} as const;
/** Without a prefix, and what is written otherwise. Several of them are called by the same word or by that with an s. */
const OTHER_UNITS = {
  ...BASES,
  kΩ: 'kilohm',
  MΩ: 'megohm',
  'V DC': 'volt DC/volts DC',
  'V AC': 'volt AC/volts AC',
  VDC: 'volt DC/volts DC',
  Vdc: 'volt DC/volts DC',
  VAC: 'volt AC/volts AC',
  Vac: 'volt AC/volts AC',
  hp: 'horsepower/horsepower',
  min: 'minute',
  h: 'hour',
  cm: 'centimeter',
  mm2: 'square millimeter',
  'mm²': 'square millimeter',
  kg: 'kilogram',
  Nm: 'newton meter',
  rpm: 'revolution per minute/revolutions per minute',
  kB: 'kilobyte',
  KB: 'kilobyte',
  MB: 'megabyte',
  GB: 'gigabyte',
  'kbit/s': 'kilobit per second/kilobits per second',
  kbps: 'kilobit per second/kilobits per second',
  'Mbit/s': 'megabit per second/megabits per second',
  Mbps: 'megabit per second/megabits per second',
  'Gbit/s': 'gigabit per second/gigabits per second',
  '°C': 'degree Celsius/degrees Celsius',
  '°F': 'degree Fahrenheit/degrees Fahrenheit',
  '%': 'percent/percent',
};

/** Unit symbols and how they are spoken: one of them (also before a noun: "a 24 volt supply"), and several. */
const UNITS = new Map<string, readonly [one: string, several: string]>(
  [
    ...Object.entries(PREFIXES).flatMap(([sign, prefix]) =>
      Object.entries(BASES).map(([symbol, base]) => [sign + symbol, prefix + base]),
    ),
    ...Object.entries(OTHER_UNITS),
  ].map(([symbol = '', words = '']) => {
    const [one = '', several = /z$/.test(words) ? words : `${words}s`] = words.split('/');
    return [symbol, [one, several]];
  }),
);

const UNIT = [...UNITS.keys()].sort((a, b) => b.length - a.length).join('|');
const NUMBER = String.raw`\d+(?:[.,]\d+)*`;
/** A value or a range with its unit. Part numbers and addresses (1756-L71, %I0.1, T#5s) are left alone. */
const QUANTITY = new RegExp(
  String.raw`(?<![\w#:/%.,-]|[\w#:/%.]-)([+-]?)(${NUMBER})(?:(\s?(?:-|–|\.{2,3}|…)\s?|\sto\s)([+-]?)(${NUMBER}))?(\s?-?)(${UNIT})(?![\w/²-]|°)(?=( [a-z]+)?)`,
  'g',
);
/** Nouns that a quantity before them describes: "24 volt supply", but "24 volts are missing". */
const DESCRIBED =
  /^(?:analog|cable|circuit|coil|contact|current|device|digital|drive|fuse|input|line|load|loop|module|motor|output|power|range|rail|relay|resistor|sensor|signal|source|supply|supplies|system|transmitter|voltage|wire)s?$/;
/** The nouns among these that are verbs as well: "a source of 4 mA supplies all the energy". */
const VERBS = /^(?:drives|loads|powers|signals|sources|supplies|switches)$/;
/** Words that follow a verb, and no noun. */
const OBJECT = /^ (?:an?|the|all|both|each|every|its|no|only|their|this|these|up|too|more|less|enough|\d)\b/;
/** Words that follow a quantity that stands alone although an article comes before it. */
const NOT_DESCRIBED =
  /^(?:is|are|was|were|and|or|at|to|in|on|for|with|from|by|of|as|when|if|while|before|after|per|through|across|between|should|must|can|will|may|then|than|but|so|that|which|up|down|has|have|means|equals|gives)$/;
const DETERMINER = /(?:^|[\s(])(?:an?|the|each|every|this|that|its|your|any|one|two)\s$/i;

function speakQuantities(text: string): string {
  return text.replace(
    QUANTITY,
    (
      match,
      sign: string,
      low: string,
      range: string | undefined,
      sign2: string,
      high: string | undefined,
      gap: string,
      unit: string,
      next: string | undefined,
      offset: number,
    ) => {
      // "the 1990s" and "1500s" are no seconds.
      if (unit.length === 1 && gap === '' && low.length > 3) return match;
      if (gap === '' && isCode(text, offset, match)) return match;
      const [one, several] = UNITS.get(unit) ?? [unit, unit];
      const amount =
        range === undefined ? spoken(sign, low) : `${spoken(sign, low)} to ${spoken(sign2, high ?? '')}`;
      const noun = next?.trim() ?? '';
      const isNamed = DETERMINER.test(text.slice(0, offset)) && noun !== '' && !NOT_DESCRIBED.test(noun);
      const rest = text.slice(offset + match.length + (next?.length ?? 0));
      const describes =
        gap.includes('-') || isNamed || (DESCRIBED.test(noun) && !(VERBS.test(noun) && OBJECT.test(rest)));
      return `${amount} ${(low === '1' && range === undefined) || describes ? one : several}`;
    },
  );
}

/** "Codes 0A and 0B" and "0F hex" are figures of another kind. */
function isCode(text: string, offset: number, match: string): boolean {
  const after = text.slice(offset + match.length, offset + match.length + 40);
  const before = text.slice(Math.max(0, offset - 40), offset);
  return (
    /\b(?:codes?|exceptions?|bytes?|hex(?:adecimal)?)(?:[ ,=]+\w{2,3}\b)*[ ,=]*$/i.test(before) ||
    /^[ ,()]*(?:(?:and|or|to) \w{2}[ ,()]*)*hex(?:adecimal)?\b/i.test(after)
  );
}

function spoken(sign: string, number: string): string {
  return `${sign === '-' ? 'minus ' : sign === '+' ? 'plus ' : ''}${number}`;
}

const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/\be\.g\.,?/gi, 'for example'],
  [/\bi\.e\.,?/gi, 'that is'],
  [/\betc\.$/gi, 'and so on.'],
  [/\betc\./gi, 'and so on'],
  [/\bvs\b\.?/gi, 'versus'],
  [/\b(?:approx|ca)\.(?= )/gi, 'about'],
  [/\bmax\.(?= )/gi, 'at most'],
  [/\bmin\.(?= )/gi, 'at least'],
  [/\bincl\.(?= )/gi, 'including'],
  [/\bresp\.(?= )/gi, 'or'],
  [/\bNo\. ?(?=\d)/g, 'number '],
  [/\bw\/(?=\s?\w)/g, 'with '],
  [/\band\/or\b/g, 'or'],
  // Menus: File > New > Project.
  [/(?<=[A-Za-z]) ?(?:>|»|→|->|=>) ?(?=[A-Z])/g, ', then '],
  [/ ?(?:→|->|=>) ?/g, ' to '],
  [/ ?(?:≤|<=) ?/g, ' at most '],
  [/ ?(?:≥|>=) ?/g, ' at least '],
  [/ ?(?:≠|!=|<>) ?/g, ' is not '],
  [/ < ?(?=[\w-])/g, ' less than '],
  [/ > ?(?=[\w-])/g, ' greater than '],
  [/[≈~] ?(?=\d)/g, 'about '],
  [/(?<=\d) ?[x×] ?(?=\d)/g, ' by '],
  [/(?<=\d) [x×] (?=[A-Za-z])/g, ' '],
  [/ [×*] /g, ' times '],
  [/ ÷ /g, ' divided by '],
  [/ := /g, ' colon equals '],
  [/ = /g, ' equals '],
  [/ \+ /g, ' plus '],
  [/ & /g, ' and '],
  [/(?<=\d) \/ (?=\d)/g, ' divided by '],
  [/ \/ /g, ' or '],
  [/(?<=^|[\s(])-(?=\d)/g, 'minus '],
  [/ [-–—] |—/g, ', '],
  [/(?<=\d) ?–(?=\d)/g, ' to '],
  [/(?<=\d) ?°(?![CF])/g, ' degrees'],
  [/ ?Ω/g, ' ohm'],
  [/½/g, 'half'],
  [/²/g, ' squared'],
  [/[®™©]/g, ''],
];

/** A sentence as it is read out: units and symbols in words, abbreviations in full. Names and addresses stay. */
export function speakable(sentence: string): string {
  let text = sentence
    .replace(/\u03bc/g, 'µ')
    .replace(/\u2126/g, 'Ω')
    .replace(/[−‐‑]/g, '-');
  text = text.replace(/(?:±|\+\/-) ?/g, 'plus or minus ');
  text = speakQuantities(speakFormulas(text));
  for (const [symbol, words] of SYMBOLS) text = text.replace(symbol, words);
  return text
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:!?])(?=\s|$)/g, '$1')
    .replace(/,(?: ?,)+/g, ',')
    .trim();
}
