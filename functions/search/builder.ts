import { ByteWriter, compareUtf8, StringTable, varintSize } from './bytes.ts';
import { SignatureWriter } from './feedback.ts';
import { CONCEPT_MARK, occurrencesOf } from './occurrences.ts';
import { FACET_NAMES, type FacetName, type SearchDocument, type SearchIndexBuilder } from './port.ts';
import { RANKING } from './ranking.ts';
import { Bm25Index } from './bm25-index.ts';
import { lengthNorms } from './scoring.ts';
import { encodeSnapshot, type IndexData } from './snapshot.ts';
import { tokenise } from './tokens.ts';

/** Between two fields, so that the last word of one and the first of the next are no neighbours. */
const FIELD_GAP = 8;
const MAX_POSITIONS_PER_TERM = 64;

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
  /** How often each spelling was seen, by term: the commonest is shown to people. */
  readonly #spellings: Map<string, number>[] = [];
  /** For every document: number of terms, then for each the term, frequency, bytes of positions, positions. */
  readonly #log = new ByteWriter(1 << 16);
  readonly #positionBytes = new ByteWriter();

  /** @throws Error when a document of that id was added before. */
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
    let position = 0;
    let length = 0;
    for (const [text, weight] of fields) {
      const tokens = tokenise(text);
      for (const { term, kind, position: place } of occurrencesOf(tokens)) {
        if (kind === 'word') {
          length += weight;
          this.#countSpelling(term, tokens[place]?.word ?? term);
        }
        const entry = terms.get(term) ?? { frequency: 0, positions: [] };
        terms.set(term, entry);
        entry.frequency += weight;
        if (entry.positions.length < MAX_POSITIONS_PER_TERM) entry.positions.push(position + place);
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
      this.#termNumbers.set(term, number);
      this.#spellings.push(new Map());
    }
    return number;
  }

  #countSpelling(term: string, spelling: string): void {
    const counts = this.#spellings[this.#termNumber(term)];
    counts?.set(spelling, (counts.get(spelling) ?? 0) + 1);
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
    const sortedTerms = [...this.#termNumbers.keys()].sort(compareUtf8);
    const rankOfTerm = new Uint32Array(sortedTerms.length);
    sortedTerms.forEach((term, rank) => (rankOfTerm[this.#termNumbers.get(term) ?? 0] = rank));
    const spellings = sortedTerms.map((term) => {
      const counts = this.#spellings[this.#termNumbers.get(term) ?? 0] ?? new Map<string, number>();
      const [commonest = term] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
      return commonest === term ? '' : commonest;
    });
    const idOrder = this.#ids.map((_, i) => i);
    idOrder.sort((a, b) => compareUtf8(this.#ids[a] ?? '', this.#ids[b] ?? ''));
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
      spellings: StringTable.from(spellings),
      ...inverted,
      ...this.#signatures(rankOfTerm, sortedTerms, inverted.documentCounts, lengthNorms(lengths)),
    };
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
type Inverted = Pick<
  IndexData,
  'documentCounts' | 'postingOffsets' | 'postings' | 'positionOffsets' | 'positions'
>;

/** A counting sort of the log by term: the first pass measures, the second writes each byte where it belongs. */
function invertLog(log: Uint8Array, documentCount: number, rankOfTerm: Uint32Array): Inverted {
  const termCount = rankOfTerm.length;
  const documentCounts = new Uint32Array(termCount);
  const postingOffsets = new Uint32Array(termCount + 1);
  const positionOffsets = new Uint32Array(termCount + 1);
  const previousDocument = new Int32Array(termCount).fill(-1);
  readLog(log, documentCount, (document, number, frequency, from, to) => {
    const rank = rankOfTerm[number] ?? 0;
    const gap = document - (previousDocument[rank] ?? -1);
    previousDocument[rank] = document;
    documentCounts[rank]! += 1;
    postingOffsets[rank + 1]! += varintSize(gap) + varintSize(frequency) + varintSize(to - from);
    positionOffsets[rank + 1]! += to - from;
  });
  for (let i = 0; i < termCount; i++) {
    postingOffsets[i + 1]! += postingOffsets[i]!;
    positionOffsets[i + 1]! += positionOffsets[i]!;
  }
  const postings = new Uint8Array(postingOffsets[termCount]!);
  const positions = new Uint8Array(positionOffsets[termCount]!);
  const postingCursor = postingOffsets.slice();
  const positionCursor = positionOffsets.slice();
  previousDocument.fill(-1);
  readLog(log, documentCount, (document, number, frequency, from, to) => {
    const rank = rankOfTerm[number] ?? 0;
    let at = postingCursor[rank]!;
    at = writeVarint(postings, at, document - previousDocument[rank]!);
    at = writeVarint(postings, at, frequency);
    postingCursor[rank] = writeVarint(postings, at, to - from);
    previousDocument[rank] = document;
    positions.set(log.subarray(from, to), positionCursor[rank]);
    positionCursor[rank]! += to - from;
  });
  return { documentCounts, postingOffsets, postings, positionOffsets, positions };
}

function readLog(
  log: Uint8Array,
  documentCount: number,
  visit: (document: number, term: number, frequency: number, from: number, to: number) => void,
): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = log[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  for (let document = 0; document < documentCount; document++) {
    for (let left = varint(); left > 0; left--) {
      const term = varint();
      const frequency = varint();
      const size = varint();
      visit(document, term, frequency, at, at + size);
      at += size;
    }
  }
}

function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

function facetRecord<T>(valueOf: (name: FacetName) => T): Record<FacetName, T> {
  return Object.fromEntries(FACET_NAMES.map((name) => [name, valueOf(name)])) as Record<FacetName, T>;
}
