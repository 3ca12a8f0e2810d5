import { ByteWriter, sortedByUtf8, StringTable } from './bytes.ts';
import { invertLog, readLog } from './postings.ts';
import { SignatureWriter } from './feedback.ts';
import { InflectionLearner, type Language } from './inflections.ts';
import { CONCEPT_MARK, occurrencesOf } from './occurrences.ts';
import {
  FACET_NAMES,
  type FacetName,
  IndexTooLargeError,
  type SearchDocument,
  type SearchIndexBuilder,
} from './port.ts';
import { RANKING } from './ranking.ts';
import { Bm25Index } from './bm25-index.ts';
import { lengthNorms } from './scoring.ts';
import { encodeSnapshot, type IndexData } from './snapshot.ts';
import { spelledOut } from './folding.ts';
import { tokenise, type Token } from './tokens.ts';

/** Between two fields, so that the last word of one and the first of the next are no neighbours. */
const FIELD_GAP = 8;
const MAX_POSITIONS_PER_TERM = 64;
/** Half of what a Map takes. A hundred thousand articles of prose have about a million terms. */
const MAX_TERMS = 8_000_000;
/** The spellings that are kept of one term: `shield`, `shielding`, `shielded`. */
const MAX_SPELLINGS = 4;

interface TermInDocument {
  frequency: number;
  positions: number[];
}

/** Collects documents in a compact log, in their order, and turns it over into postings, term by term, at the end. */
export class Bm25IndexBuilder implements SearchIndexBuilder {
  readonly #ids: string[] = [];
  readonly #knownIds = new Set<string>();
  readonly #titles: string[] = [];
  readonly #lengths: number[] = [];
  readonly #facetCodes = facetRecord<number[]>(() => []);
  readonly #facetValues = facetRecord<Map<string, number>>(() => new Map());
  readonly #termNumbers = new Map<string, number>();
  /** By term, how often it was seen in each spelling: the commonest one is shown to people. */
  readonly #spellingCounts = new Map<string, Map<string, number>>();
  readonly #realWords: Uint8Array;
  readonly #maxTerms: number;
  readonly #inflections: InflectionLearner;
  /** By the term of a stem, those of the words that have it, which is how a snippet knows them again. */
  readonly #wordsOfStem = new Map<string, Set<string>>();
  /** For every document: number of terms, then for each the term, frequency, bytes of positions, positions. */
  readonly #log = new ByteWriter(1 << 16);
  readonly #positionBytes = new ByteWriter();

  /**
   * @param realWords see real-words.ts
   * @param languages those whose words are stemmed, beside English
   * @param maxTerms how many different words, codes and pairs of codes it takes
   */
  constructor(
    realWords: Uint8Array = new Uint8Array(),
    languages: readonly Language[] = [],
    maxTerms = MAX_TERMS,
  ) {
    this.#realWords = realWords;
    this.#maxTerms = maxTerms;
    this.#inflections = new InflectionLearner(languages);
  }

  /** @throws Error when a document of that id was added before @throws IndexTooLargeError */
  add(document: SearchDocument): void {
    if (this.#knownIds.has(document.id)) throw new Error(`document id "${document.id}" was added twice`);
    this.#knownIds.add(document.id);
    this.#ids.push(document.id);
    this.#titles.push(document.title);
    for (const name of FACET_NAMES) this.#facetCodes[name].push(this.#facetCode(name, document.facets[name]));

    const terms = new Map<string, TermInDocument>();
    const { fieldWeights } = RANKING;
    const { manufacturer, family = '', type } = document.facets;
    const fields: [string, number][] = [
      [document.title, fieldWeights.title],
      ...document.keywords.map((keyword): [string, number] => [keyword, fieldWeights.keywords]),
      [document.summary, fieldWeights.summary],
      [document.content, fieldWeights.content],
      ...[manufacturer, family, type].map((value): [string, number] => [value, fieldWeights.facets]),
    ];
    const tokenised = fields.map(([text, weight]) => ({ tokens: tokenise(text), weight }));
    const language = this.#inflections.languageOf(
      tokenised.flatMap(({ tokens }) => tokens),
      document.language,
    );
    let position = 0;
    let length = 0;
    for (const { tokens, weight } of tokenised) {
      const add = (term: string, place: number): void => {
        const entry = terms.get(term) ?? { frequency: 0, positions: [] };
        terms.set(term, entry);
        entry.frequency += weight;
        if (entry.positions.length < MAX_POSITIONS_PER_TERM) entry.positions.push(position + place);
      };
      for (const { term, kind, position: place } of occurrencesOf(tokens)) {
        add(term, place);
        if (kind !== 'word') continue;
        length += weight;
        this.#countSpelling(tokens[place]!);
        const stem = this.#inflections.stemTerm(language, tokens[place]!);
        if (stem === undefined) continue;
        add(stem, place);
        this.#wordsOfStem.set(stem, (this.#wordsOfStem.get(stem) ?? new Set()).add(term));
      }
      position += tokens.length + FIELD_GAP;
    }
    this.#lengths.push(length);
    this.#logDocument(terms);
  }

  build(): Bm25Index {
    return new Bm25Index(encodeSnapshot(this.#data()));
  }

  #facetCode(name: FacetName, value: string | undefined): number {
    if (value === undefined || value === '') return 0;
    const codes = this.#facetValues[name];
    const code = codes.get(value) ?? codes.size + 1;
    codes.set(value, code);
    return code;
  }

  #termNumber(term: string): number {
    let number = this.#termNumbers.get(term);
    if (number === undefined) {
      number = this.#termNumbers.size;
      if (number >= this.#maxTerms)
        throw new IndexTooLargeError(
          `The first ${this.#ids.length} atoms hold more than ${this.#maxTerms} different words and codes, which is more than can be searched. Leave out what is no text (measurements, logs, tables of numbers). Nothing was published`,
        );
      this.#termNumbers.set(term, number);
    }
    return number;
  }

  #logDocument(terms: ReadonlyMap<string, TermInDocument>): void {
    this.#log.varint(terms.size);
    for (const [term, { frequency, positions }] of terms) {
      this.#positionBytes.length = 0;
      let previous = 0;
      for (const position of positions) {
        this.#positionBytes.varint(position - previous);
        previous = position;
      }
      this.#log.varint(this.#termNumber(term));
      this.#log.varint(frequency);
      this.#log.varint(this.#positionBytes.length);
      this.#log.bytes(this.#positionBytes.written());
    }
  }

  #data(): IndexData {
    const sortedTerms = sortedByUtf8([...this.#termNumbers.keys()]).map(({ text }) => text);
    const rankOfTerm = new Uint32Array(sortedTerms.length);
    sortedTerms.forEach((term, rank) => (rankOfTerm[this.#termNumbers.get(term) ?? 0] = rank));
    const spellings = this.#commonestSpellings();
    const idOrder = sortedByUtf8(this.#ids).map(({ index }) => index);
    const lengths = Uint32Array.from(this.#lengths);
    const inverted = invertLog(this.#log.written(), this.#ids.length, rankOfTerm);
    return {
      ids: StringTable.from(this.#ids),
      idOrder: Uint32Array.from(idOrder),
      titles: StringTable.from(this.#titles),
      lengths,
      facetValues: facetRecord((name) => [...this.#facetValues[name].keys()]),
      facetCodes: Uint32Array.from(FACET_NAMES.flatMap((name) => this.#facetCodes[name])),
      terms: StringTable.from(sortedTerms),
      spellings: StringTable.from(sortedTerms.map((term) => spellings.get(term) ?? '')),
      realWords: this.#realWords,
      endings: this.#inflections.endings(),
      ...inverted,
      ...this.#signatures(rankOfTerm, sortedTerms, inverted.documentCounts, lengthNorms(lengths)),
    };
  }

  #countSpelling({ term, raw, characters }: Token): void {
    if (characters !== undefined) return;
    const counts = this.#spellingCounts.get(term) ?? new Map<string, number>();
    this.#spellingCounts.set(term, counts);
    const spelling = spelledOut(raw);
    counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  }

  /** By term, the commonest one first, where there is another than the term itself. */
  #commonestSpellings(): Map<string, string> {
    const commonest = new Map<string, string>();
    for (const [term, counts] of this.#spellingCounts) {
      const spellings = [...counts].sort(([, a], [, b]) => b - a).map(([spelling]) => spelling);
      const kept = spellings.slice(0, MAX_SPELLINGS).join(' ');
      if (kept !== term) commonest.set(term, kept);
    }
    for (const [stem, words] of this.#wordsOfStem) commonest.set(stem, [...words].join(' '));
    return commonest;
  }

  #signatures(
    rankOfTerm: Uint32Array,
    terms: readonly string[],
    counts: Uint32Array,
    norms: Float32Array,
  ): Signatures {
    const writer = new SignatureWriter(norms, counts);
    let current: { term: number; frequency: number }[] = [];
    let document = 0;
    readLog(this.#log.written(), this.#ids.length, (next, number, frequency) => {
      for (; document < next; document++) {
        writer.add(current);
        current = [];
      }
      const term = rankOfTerm[number] ?? 0;
      if (!terms[term]?.startsWith(CONCEPT_MARK)) current.push({ term, frequency });
    });
    for (; document < this.#ids.length; document++) {
      writer.add(current);
      current = [];
    }
    return writer.finish();
  }
}

type Signatures = Pick<IndexData, 'signatureOffsets' | 'signatures'>;
function facetRecord<T>(valueOf: (name: FacetName) => T): Record<FacetName, T> {
  return Object.fromEntries(FACET_NAMES.map((name) => [name, valueOf(name)])) as Record<FacetName, T>;
}
