import { VarintReader, varintSize } from './bytes.ts';
import type { IndexData } from './snapshot.ts';

/*
 * A posting says that a term is in a document: the distance from the document before, then a header byte with the weighted
 * frequency (high half) and the number of bytes its positions take (low half). Where one of the two does not fit, its
 * half is 15 and a varint with the rest follows.
 */
const HALF_FULL = 15;
/** Greater than any ordinal, and, unlike Infinity, a small integer, which keeps the hot loop free of floating point. */
const AFTER_LAST = 0x7fffffff;

export type Inverted = Pick<
  IndexData,
  'documentCounts' | 'postingOffsets' | 'postings' | 'positionOffsets' | 'positions'
>;

/** A counting sort of the log by term: the first pass measures, the second writes each byte where it belongs. */
export function invertLog(log: Uint8Array, documentCount: number, rankOfTerm: Uint32Array): Inverted {
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
    postingOffsets[rank + 1]! += varintSize(gap) + postingHeaderSize(frequency, to - from);
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
    const at = writeVarint(postings, postingCursor[rank]!, document - previousDocument[rank]!);
    postingCursor[rank] = writePostingHeader(postings, at, frequency, to - from);
    previousDocument[rank] = document;
    positions.set(log.subarray(from, to), positionCursor[rank]);
    positionCursor[rank]! += to - from;
  });
  return { documentCounts, postingOffsets, postings, positionOffsets, positions };
}

export function readLog(
  log: Uint8Array,
  documentCount: number,
  visit: (document: number, term: number, frequency: number, from: number, to: number) => void,
): void {
  const reader = new VarintReader(log, 0);
  for (let document = 0; document < documentCount; document++) {
    for (let left = reader.next(); left > 0; left--) {
      const term = reader.next();
      const frequency = reader.next();
      const size = reader.next();
      visit(document, term, frequency, reader.at, reader.at + size);
      reader.at += size;
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

function postingHeaderSize(frequency: number, positionBytes: number): number {
  return 1 + overflowSize(frequency) + overflowSize(positionBytes);
}

function overflowSize(value: number): number {
  return value < HALF_FULL ? 0 : varintSize(value - HALF_FULL);
}

function writePostingHeader(
  target: Uint8Array,
  at: number,
  frequency: number,
  positionBytes: number,
): number {
  target[at++] = (Math.min(frequency, HALF_FULL) << 4) | Math.min(positionBytes, HALF_FULL);
  if (frequency >= HALF_FULL) at = writeVarint(target, at, frequency - HALF_FULL);
  return positionBytes >= HALF_FULL ? writeVarint(target, at, positionBytes - HALF_FULL) : at;
}

/** How many postings there are from one noted place to the next. */
export const NOTED_EVERY = 64;

/** Places in the postings of one term, noted by a walk along all of them, so that later ones can skip what is between. */
export class PostingPlaces {
  /** By threes: a document, and where the posting behind it and its positions begin. */
  readonly #noted: Uint32Array;
  #length = 0;

  constructor({ documentCounts }: IndexData, term: number) {
    this.#noted = new Uint32Array(3 * Math.floor(documentCounts[term]! / NOTED_EVERY));
  }

  get size(): number {
    return this.#length / 3;
  }

  note(document: number, next: number, nextPositions: number): void {
    this.#noted[this.#length++] = document;
    this.#noted[this.#length++] = next;
    this.#noted[this.#length++] = nextPositions;
  }

  document(place: number): number {
    return this.#noted[3 * place]!;
  }

  next(place: number): number {
    return this.#noted[3 * place + 1]!;
  }

  nextPositions(place: number): number {
    return this.#noted[3 * place + 2]!;
  }
}

/** Walks the documents of one term, in order. Starts before the first. */
export class PostingCursor {
  /** The document under the cursor; -1 before the first, `AFTER_LAST` after it. */
  document = -1;
  /** Weighted number of occurrences in it. */
  frequency = 0;
  readonly #postings: Uint8Array;
  #at: number;
  readonly #end: number;
  readonly #positions: Uint8Array;
  #positionsStart: number;
  #positionsEnd: number;
  readonly #places: PostingPlaces | undefined;
  #place = -1;

  /** With the places that were noted of this term, `seek` skips what is between. */
  constructor(data: IndexData, term: number, places?: PostingPlaces) {
    this.#postings = data.postings;
    this.#at = data.postingOffsets[term] ?? 0;
    this.#end = data.postingOffsets[term + 1] ?? 0;
    this.#positions = data.positions;
    this.#positionsStart = data.positionOffsets[term] ?? 0;
    this.#positionsEnd = this.#positionsStart;
    this.#places = places;
  }

  /** False when there is no further document. Reads its own bytes, since a query spends most of its time here. */
  next(): boolean {
    let at = this.#at;
    if (at >= this.#end) {
      this.document = AFTER_LAST;
      return false;
    }
    const postings = this.#postings;
    let byte = postings[at++]!;
    let gap = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = postings[at++]!;
      gap |= (byte & 0x7f) << shift;
    }
    this.document += gap;
    const header = postings[at++]!;
    this.#at = at;
    const frequency = header >>> 4;
    const positionBytes = header & HALF_FULL;
    this.frequency = frequency === HALF_FULL ? HALF_FULL + this.#varint() : frequency;
    this.#positionsStart = this.#positionsEnd;
    this.#positionsEnd += positionBytes === HALF_FULL ? HALF_FULL + this.#varint() : positionBytes;
    return true;
  }

  #varint(): number {
    const reader = new VarintReader(this.#postings, this.#at);
    const value = reader.next();
    this.#at = reader.at;
    return value;
  }

  /** Moves on to `document`; true when the term is in it. Documents must be asked for in rising order. */
  seek(document: number): boolean {
    if (this.#places !== undefined) this.#skipTo(document, this.#places);
    while (this.document < document && this.next());
    return this.document === document;
  }

  /** Notes the place behind the document under the cursor. */
  noteIn(places: PostingPlaces): void {
    places.note(this.document, this.#at, this.#positionsEnd);
  }

  /** Skips to the last noted place before `document`. */
  #skipTo(document: number, places: PostingPlaces): void {
    let place = this.#place;
    while (place + 1 < places.size && places.document(place + 1) < document) place++;
    if (place === this.#place) return;
    this.#place = place;
    if (places.document(place) <= this.document) return;
    this.document = places.document(place);
    this.#at = places.next(place);
    this.#positionsEnd = places.nextPositions(place);
  }

  /** Positions of the occurrences in this document, rising. */
  positions(): number[] {
    const reader = new VarintReader(this.#positions, this.#positionsStart);
    const found: number[] = [];
    let position = 0;
    while (reader.at < this.#positionsEnd) {
      position += reader.next();
      found.push(position);
    }
    return found;
  }
}
