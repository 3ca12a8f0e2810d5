import { ByteWriter } from './bytes.ts';
import type { Scored } from './best-of.ts';
import { RANKING } from './ranking.ts';
import { inverseDocumentFrequency } from './scoring.ts';
import type { IndexData } from './snapshot.ts';

/**
 * Feedback: what the best hits have in common says more about a question than its few words. Every document keeps a
 * signature, its most telling terms; those of the best hits are pooled, and candidates that share them are moved up.
 * Nothing is found this way that has no word of the query, and the first hit hardly moves, since it is the one most like itself.
 */
type Signatures = Pick<IndexData, 'signatureOffsets' | 'signatures'>;

/** Picks the telling terms of one document after the other and packs them. */
export class SignatureWriter {
  readonly #writer = new ByteWriter(1 << 14);
  readonly #offsets: number[] = [0];
  readonly #norms: Float32Array;
  readonly #documentCounts: Uint32Array;

  constructor(norms: Float32Array, documentCounts: Uint32Array) {
    this.#norms = norms;
    this.#documentCounts = documentCounts;
  }

  /** The terms of the next document; one that no other document has tells nothing about others. */
  add(terms: readonly { term: number; frequency: number }[]): void {
    const norm = this.#norms[this.#offsets.length - 1] ?? 1;
    const telling = terms
      .filter(({ term }) => this.#documentCounts[term]! > 1)
      .map(({ term, frequency }) => ({
        term,
        frequency,
        weight: termWeight(frequency, norm, this.#norms.length, this.#documentCounts[term]!),
      }))
      .sort((a, b) => b.weight - a.weight || a.term - b.term)
      .slice(0, RANKING.feedback.signatureTerms)
      .sort((a, b) => a.term - b.term);
    let previous = 0;
    for (const { term, frequency } of telling) {
      this.#writer.varint(term - previous);
      this.#writer.varint(frequency);
      previous = term;
    }
    this.#offsets.push(this.#writer.length);
  }

  finish(): Signatures {
    return { signatureOffsets: Uint32Array.from(this.#offsets), signatures: this.#writer.written().slice() };
  }
}

/** What feedback adds to each of `candidates`, whose scores decide which of them are the best hits. */
export function feedbackBonuses(
  data: IndexData,
  norms: Float32Array,
  candidates: readonly Scored[],
  queryWeight: number,
): Float32Array {
  const { strength, documents, terms, sharpness } = RANKING.feedback;
  const bonuses = new Float32Array(candidates.length);
  const best = [...candidates]
    .sort((a, b) => b.score - a.score || a.document - b.document)
    .slice(0, documents);
  const topScore = best[0]?.score ?? 0;
  if (topScore <= 0) return bonuses;

  const pooled = new Map<number, number>();
  for (const { document, score } of best) {
    const trust = Math.exp((sharpness * (score - topScore)) / topScore);
    forEachSignatureTerm(data, document, (term, frequency) => {
      const weight = termWeight(frequency, norms[document]!, norms.length, data.documentCounts[term]!);
      pooled.set(term, (pooled.get(term) ?? 0) + trust * weight);
    });
  }
  const expansion = [...pooled].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, terms);
  const total = expansion.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0) return bonuses;
  const weights = new Map(
    expansion.map(([term, weight]) => [term, (strength * queryWeight * weight) / total]),
  );
  candidates.forEach(({ document }, i) => {
    forEachSignatureTerm(data, document, (term, frequency) => {
      const weight = weights.get(term);
      if (weight === undefined) return;
      bonuses[i]! +=
        weight * termWeight(frequency, norms[document]!, norms.length, data.documentCounts[term]!);
    });
  });
  return bonuses;
}

function forEachSignatureTerm(
  { signatures, signatureOffsets }: IndexData,
  document: number,
  visit: (term: number, frequency: number) => void,
): void {
  const end = signatureOffsets[document + 1]!;
  let at = signatureOffsets[document]!;
  const varint = (): number => {
    let byte = signatures[at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = signatures[at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return value;
  };
  let term = 0;
  while (at < end) {
    term += varint();
    visit(term, varint());
  }
}

function termWeight(frequency: number, norm: number, documents: number, withTerm: number): number {
  return (inverseDocumentFrequency(documents, withTerm) * (RANKING.k1 + 1) * frequency) / (frequency + norm);
}
