import { ByteWriter, VarintReader } from './bytes.ts';
import { byScore, type Scored } from './best-of.ts';
import { RANKING } from './ranking.ts';
import { inverseDocumentFrequency } from './inverse-document-frequency.ts';
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

/**
 * The bonus that feedback adds to each of `candidates`, whose scores decide which of them are the best hits. It is worth a share of
 * what the query itself tells (`told`): a question of common words would be outvoted by rare terms of the hits.
 */
export function feedbackBonuses(
  data: IndexData,
  norms: Float32Array,
  candidates: readonly Scored[],
  told: number,
): Float32Array {
  const { strength, documents, terms, sharpness } = RANKING.feedback;
  const bonuses = new Float32Array(candidates.length);
  const best = [...candidates].sort(byScore).slice(0, documents);
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
  const expansion = [...pooled]
    .map(([term, weight]) => ({ term, weight }))
    .sort((a, b) => b.weight - a.weight || a.term - b.term)
    .slice(0, terms);
  const total = expansion.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return bonuses;
  // Both lists rise by term, so that one walk along each finds what they share.
  expansion.sort((a, b) => a.term - b.term);
  candidates.forEach(({ document }, i) => {
    let next = 0;
    forEachSignatureTerm(data, document, (term, frequency) => {
      while (next < expansion.length && expansion[next]!.term < term) next++;
      const wanted = expansion[next];
      if (wanted?.term !== term) return;
      const share = (strength * told * wanted.weight) / total;
      bonuses[i]! +=
        share * termWeight(frequency, norms[document]!, norms.length, data.documentCounts[term]!);
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
  const reader = new VarintReader(signatures, signatureOffsets[document]!);
  let term = 0;
  while (reader.at < end) {
    term += reader.next();
    visit(term, reader.next());
  }
}

function termWeight(frequency: number, norm: number, documents: number, withTerm: number): number {
  return (inverseDocumentFrequency(documents, withTerm) * (RANKING.k1 + 1) * frequency) / (frequency + norm);
}
