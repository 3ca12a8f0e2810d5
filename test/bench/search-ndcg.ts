/** Normalised discounted cumulative gain as trec_eval computes it: linear gain, log2 discount, ideal over all judged documents. */
export function ndcg(ranking: readonly string[], judged: ReadonlyMap<string, number>, depth = 10): number {
  const gains = ranking.slice(0, depth).map((id) => Math.max(0, judged.get(id) ?? 0));
  const ideal = [...judged.values()].filter((gain) => gain > 0).sort((a, b) => b - a);
  return discounted(gains) / discounted(ideal.slice(0, depth));
}

/** Mean over the queries that have a relevant document at all. */
export function meanNdcg(
  queries: readonly { id: string; text: string }[],
  judgments: ReadonlyMap<string, ReadonlyMap<string, number>>,
  rank: (query: string, limit: number) => string[],
): number {
  const values = queries.flatMap(({ id, text }) => {
    const judged = judgments.get(id);
    const isJudged = judged !== undefined && [...judged.values()].some((gain) => gain > 0);
    return isJudged ? [ndcg(rank(text, 10), judged)] : [];
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
}
