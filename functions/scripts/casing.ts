/** Knows how words are written inside sentences of the material: "PROFINET", "timer", "Studio". */
export interface Casing {
  /** The form that the material uses most, or `undefined` when it never uses the word inside a sentence. */
  usual(word: string): string | undefined;
}

export function casingOf(texts: readonly string[]): Casing {
  const forms = new Map<string, Map<string, number>>();
  const count = (word: string) => {
    const counts = forms.get(word.toLowerCase()) ?? new Map<string, number>();
    counts.set(word, (counts.get(word) ?? 0) + 1);
    forms.set(word.toLowerCase(), counts);
  };
  for (const text of texts)
    for (const [word] of text.matchAll(/(?<=[A-Za-z0-9,;] )[A-Za-z][\w-]*(?:\/[A-Za-z][\w-]*)?/g)) {
      count(word);
      // "BOOTP/DHCP" shows both, but the "Net" of EtherNet/IP is no way to write Ethernet.
      if (/^[A-Z]+\/[A-Z]+$/.test(word)) word.split('/').forEach(count);
    }
  return {
    usual(word) {
      const counts = forms.get(word.toLowerCase());
      // "Major Faults" is the name of a tab; faults are written small.
      const isPlain = counts?.has(word.toLowerCase()) === true;
      return [...(counts ?? [])]
        .filter(([form]) => !(isPlain && /^[A-Z][a-z-]*$/.test(form)))
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
    },
  };
}

/** Names that a sentence may begin with while the material never shows them inside one. */
const NAMES =
  /^(?:Siemens|Rockwell|Allen|Allen-Bradley|Studio|Logix|Windows|Ethernet|Modbus|Profibus|Profinet|Omron|Schneider|Mitsubishi|Beckhoff|English|German|I)$/;

/** Lowers the first letter, for use after "First," or a colon; names and abbreviations keep their capital. */
export function lowerFirst(text: string, casing: Casing): string {
  const word = /^[A-Z][a-z]*(?:-[a-z]+)*(?=[\s,.;:/]|$)/.exec(text)?.[0];
  if (word === undefined || NAMES.test(word) || (word.length === 1 && word !== 'A')) return text;
  const usual = casing.usual(word);
  if (usual !== undefined && usual !== word.toLowerCase()) return text;
  return word.toLowerCase() + text.slice(word.length);
}

export function upperFirst(text: string): string {
  return text.replace(/^["'(]?\p{Ll}/u, (start) => start.toUpperCase());
}

/** A title as a phrase inside a sentence: "How to Wire a Motor" -> "how to wire a motor". */
export function phraseOf(title: string, casing: Casing): string {
  const words = shortened(title).split(' ');
  const capitals = words.filter((word) => /^[A-Z][a-z]/.test(word)).length;
  const isTitleCase = words.length > 1 && capitals * 2 > words.length;
  return words
    .map((word, position) => (position === 0 || isTitleCase ? lowerFirst(word, casing) : word))
    .join(' ');
}

/** "Emergency stop: what it must do and what it is not" is long-winded inside a sentence. */
function shortened(title: string): string {
  const [before = ''] = title.split(/: | [-–] /);
  return /\p{L}{3}/u.test(before) ? before : title;
}
