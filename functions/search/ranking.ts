/**
 * The one configuration of the ranking, the same for every collection; README.md has what was measured.
 * BM25 over one weighted term frequency per document, plus a bonus for neighbouring query words that are neighbours in the text.
 */
export const RANKING = {
  /** How soon repeating a word stops counting. */
  k1: 1.6,
  /** How much a long document is held back, 0..1. */
  b: 0.6,
  /** The count of one occurrence in a field. Whole numbers: frequencies are stored as such. */
  fieldWeights: { title: 3, keywords: 3, summary: 1, content: 1, facets: 1 },
  /** Share of a pair's weight that goes to documents where its two words are neighbours. */
  adjacencyBonus: 0.2,
  /** The share of the weight of a word with known synonyms that goes to the term that all of them have in common. */
  synonymShare: 0.6,
  /** The weight of a product name or a number against a word: it tells where something happens rather than what does. */
  codeShare: 0.7,
  /** The weight of another form of a word, in texts of other languages than English, against the word as typed. */
  inflectionShare: 0.8,
  /** The weight of a guessed spelling against a word the reader really typed. */
  guessWeight: 0.8,
  /** The best by words alone are looked at for neighbours and feedback; the others keep their place behind them. */
  rerankDepth: 128,
  feedback: {
    /** Weight of all feedback terms together, as a share of what the query's own tell. */
    strength: 0.12,
    /** How many of the best hits are asked. */
    documents: 10,
    /** How many of their terms are used. */
    terms: 20,
    /** How fast trust falls from the first hit to the next ones: a clear winner is trusted nearly alone. */
    sharpness: 10,
    /** How many terms a document's signature has. */
    signatureTerms: 20,
  },
  answer: {
    /** The share of all that a question says which one of the best hits must have, or they are only near to it. */
    coverage: 0.4,
    /**
     * The least score, against what the question tells, of a hit that has everyday words of the question alone, or lacks its subject: about
     * the score of an article whose title has the others. `machine down where do I start` finds one, `how long is the break` finds others.
     */
    titleNearness: 2,
    /** The share of all that a question says from which on a word is its subject. */
    subject: 0.45,
    /** How many of the best hits may have it. */
    hits: 3,
    /** The weight of an everyday word against a rarer one. */
    everyday: 0.25,
    /** The weight of an English word that no document has, against a name or a code. */
    unknownWord: 0.6,
    /** The share of the best hit's score that a hit must have to be counted as found. */
    reach: 1 / 3,
  },
};
