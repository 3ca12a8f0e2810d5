/**
 * Measures ranking quality against the judgments of test collections, and on questions of technicians to the starter articles.
 *
 *   npm run bench:search -- <folder> [<folder> ...]
 *
 * A collection is a folder (or a folder in it) with `docs.jsonl` {id, title, text}, `qrels.tsv` (query, document,
 * gain) and one or more `queries*.jsonl` {id, text}. Questions are a folder with `queries.jsonl` {query, kind, lang, expected} alone.
 * Neither comes with the project: the two collections that the ranking was chosen by, Cranfield and CACM, are published by others.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bm25Engine } from '../../functions/search/engine.ts';
import { ilike, ilikeAnyWord, miniSearchTuned, type Collection, type Ranker } from './search-rivals.ts';
import { meanNdcg } from './search-ndcg.ts';
import { type Question, readQuestions, technicianTables } from './search-technicians.ts';

const SYSTEMS: [string, (collection: Collection) => Ranker][] = [
  ['ours', ours],
  ['MiniSearch, tuned', miniSearchTuned],
  ['ILIKE, any word', ilikeAnyWord],
  ["ILIKE '%whole phrase%' (the old bot)", ilike],
];

function ours({ documents }: Collection): Ranker {
  const builder = bm25Engine.builder();
  for (const { id, title, text } of documents) {
    const facets = { manufacturer: '', type: '', safety: '' };
    builder.add({ id, title, summary: '', content: text, keywords: [], facets });
  }
  const index = builder.build();
  return (query, limit) => index.search(query, { limit }).hits.map(({ id }) => id);
}

async function main(folders: readonly string[]): Promise<void> {
  if (folders.length === 0) {
    console.error('Name folders with test collections or questions: npm run bench:search -- <folder> ...');
    process.exitCode = 2;
    return;
  }
  const collections: Collection[] = [];
  const questions: Question[] = [];
  for (const folder of folders) {
    const found = readCollections(folder);
    const asked = found.length === 0 ? readQuestions(folder) : undefined;
    collections.push(...found);
    questions.push(...(asked ?? []));
    if (found.length > 0 || asked !== undefined) continue;
    console.error(
      `Skipped ${folder}: neither docs.jsonl with qrels.tsv nor queries.jsonl with expected ids.`,
    );
    process.exitCode = 1;
  }
  const today = new Date().toISOString().slice(0, 10);
  console.log(`One fixed configuration (${today})\n`);
  if (collections.length > 0) printCollections(collections);
  else console.log('No collection was named: nDCG@10 is not measured.\n');
  if (questions.length > 0) console.log((await technicianTables(questions)).join('\n'));
  else console.log('No questions of technicians were named: their answers are not measured.');
}

function printCollections(collections: readonly Collection[]): void {
  const columns = collections.flatMap((collection) =>
    [...collection.querySets.keys()].map((set) => ({ collection, set })),
  );
  console.log('nDCG@10, mean over judged queries\n');
  console.log(
    `| system | ${columns.map(({ collection, set }) => `${collection.name} ${set}`).join(' | ')} |`,
  );
  console.log(`|---|${columns.map(() => '---').join('|')}|`);
  for (const [name, create] of SYSTEMS) {
    const rankers = new Map(collections.map((collection) => [collection, create(collection)]));
    const cells = columns.map(({ collection, set }) => {
      const rank = rankers.get(collection);
      const queries = collection.querySets.get(set);
      return rank && queries ? meanNdcg(queries, collection.judgments, rank).toFixed(3) : '';
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  console.log();
}

function readCollections(folder: string): Collection[] {
  if (!existsSync(folder)) return [];
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inside.map((entry) => join(folder, entry.name))].sort().flatMap((path) => {
    if (!existsSync(join(path, 'docs.jsonl')) || !existsSync(join(path, 'qrels.tsv'))) return [];
    const judgments: Collection['judgments'] = new Map();
    for (const line of readFileSync(join(path, 'qrels.tsv'), 'utf8').trim().split('\n')) {
      const [query = '', document = '', gain = '0'] = line.split('\t');
      const judged = judgments.get(query) ?? new Map<string, number>();
      judgments.set(query, judged.set(document, Number(gain)));
    }
    const querySets = new Map(
      readdirSync(path)
        .filter((file) => /^queries.*\.jsonl$/.test(file))
        .sort()
        .map((file) => [
          basename(file, '.jsonl'),
          readJsonLines<{ id: string; text: string }>(join(path, file)),
        ]),
    );
    return [
      { name: basename(path), documents: readJsonLines(join(path, 'docs.jsonl')), judgments, querySets },
    ];
  });
}

function readJsonLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

await main(process.argv.slice(2));
