import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { searchSafely } from '../../functions/bot/safe-search.ts';
import { toSearchDocument } from '../../functions/knowledge/document.ts';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import type { SearchIndex } from '../../functions/search/port.ts';
import { starterAtoms, starterIndex } from '../fixtures/starter-index.ts';
import { miniSearchTuned, type Ranker } from './search-rivals.ts';

const questionSchema = v.object({
  query: v.string(),
  kind: v.string(),
  lang: v.string(),
  /** Any of these atoms may come first; empty where the starter articles have no answer. */
  expected: v.array(v.string()),
});

/**
 * Questions that the set says have no answer, and that an article written since answers, as a reader of both judged. Such a question counts here only
 * while that article comes first.
 */
const ANSWERED_SINCE: Readonly<Record<string, { article: string; because: string }>> = {
  'hydraulic cylinder drifts down': {
    article: 'generic:fluid:hydraulics-basics',
    because: 'its fourth point is on a cylinder that drifts down',
  },
  'AS-i slave address 0': {
    article: 'generic:AS-i:as-i-basics',
    because: 'its first point is on a module with the address 0',
  },
  'Hydraulikpumpe macht Geräusche': {
    article: 'generic:fluid:hydraulics-basics',
    because: 'its second point is on a pump that is loud',
  },
};

export type Question = v.InferOutput<typeof questionSchema>;

/** Questions to the starter articles, one a line with the ids that answer it; `undefined` where a folder has none. */
export function readQuestions(folder: string): Question[] | undefined {
  const file = join(folder, 'queries.jsonl');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const parsed = v.safeParse(
    v.array(questionSchema),
    lines.map((line): unknown => JSON.parse(line)),
  );
  return parsed.success ? parsed.output : undefined;
}

/** How often the first hit, and one of the first three, answers; and how often the search says that there is no answer. */
export async function technicianTables(questions: readonly Question[]): Promise<string[]> {
  const engine = createImportEngine();
  await engine.ready?.();
  const index = starterIndex(engine);
  // As the bot searches: where somebody may be in danger, safety comes first.
  const ours: Ranker = (query, limit) => searchSafely(index, query, { limit }).hits.map(({ id }) => id);
  const peer = miniSearch();
  const answerable = questions.filter(({ expected }) => expected.length > 0);
  const rows = [...new Set(answerable.map(setOf))].map((name) => {
    const asked = answerable.filter((question) => setOf(question) === name);
    const cells = [ours, peer].flatMap((rank) => [1, 3].map((depth) => share(asked, rank, depth)));
    return `| ${name} | ${asked.length} | ${cells.join(' | ')} |`;
  });
  return [
    '| questions of technicians | n | ours first | in three | MiniSearch, tuned: first | in three |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...toldAsUnknown(index, questions),
  ];
}

function toldAsUnknown(index: SearchIndex, questions: readonly Question[]): string[] {
  // The bot answers small talk by itself, and not by a search.
  const asked = questions.filter(({ kind }) => kind !== 'follow-up-or-small-talk');
  const asUnknown = asked
    .filter(({ expected }) => expected.length === 0)
    .map(({ query }) => ({ query, result: index.search(query) }));
  const since = asUnknown.filter(
    ({ query, result }) => result.isAnswer && result.hits[0]?.id === ANSWERED_SINCE[query]?.article,
  );
  const without = asUnknown.filter((one) => !since.includes(one)).map(({ result }) => result);
  const silent = without.filter(({ isAnswer, missing }) => isAnswer && missing.length === 0);
  const within = asked.filter(({ expected }) => expected.length > 0).map(({ query }) => index.search(query));
  return [
    `Without an answer in the starter articles: ${without.length}; told so first: ${without.filter(({ isAnswer }) => !isAnswer).length}, answered in silence: ${silent.length}.`,
    `Answered by an article that was written since: ${since.length}.`,
    ...since.map(
      ({ query, result }) => `- ${query}: ${result.hits[0]!.id}, ${ANSWERED_SINCE[query]!.because}.`,
    ),
    `With one: ${within.length}; told all the same that there is none: ${within.filter(({ isAnswer }) => !isAnswer).length}.`,
  ];
}

function setOf({ kind, lang }: Question): string {
  return `${kind} (${lang})`;
}

function share(asked: readonly Question[], rank: Ranker, depth: number): string {
  const right = asked.filter(({ query, expected }) => rank(query, depth).some((id) => expected.includes(id)));
  return `${right.length} (${Math.round((100 * right.length) / asked.length)} %)`;
}

function miniSearch(): Ranker {
  const documents = starterAtoms().map((atom) => {
    const { id, title, summary, content, keywords } = toSearchDocument(atom);
    return { id, title, text: [summary, content, ...keywords].join(' ') };
  });
  return miniSearchTuned({ name: 'starter', documents, judgments: new Map(), querySets: new Map() });
}
