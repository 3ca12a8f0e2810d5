/**
 * Measures ranking quality against the judgments of test collections and prints one table.
 *
 *   npm run bench:search -- <folder>
 *
 * Every collection is a folder in it (or it is one itself) with `docs.jsonl` {id, title, text}, `qrels.tsv` (query, document,
 * gain) and one or more `queries*.jsonl` {id, text}. No collection comes with the project: the two that the ranking was chosen
 * by, Cranfield and CACM, are published by others.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bm25Engine } from '../../functions/search/engine.ts';
import { ilike, ilikeAnyWord, miniSearchTuned, type Collection, type Ranker } from './search-rivals.ts';
import { meanNdcg } from './search-ndcg.ts';

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

function main(folder: string | undefined): void {
  const collections = folder === undefined ? [] : readCollections(folder);
  if (collections.length === 0) {
    console.error(
      folder === undefined
        ? 'Name a folder with test collections: npm run bench:search -- <folder>'
        : `No collection in ${folder}: a folder with docs.jsonl, qrels.tsv and queries.jsonl was expected.`,
    );
    process.exitCode = 1;
    return;
  }
  const columns = collections.flatMap((collection) =>
    [...collection.querySets.keys()].map((set) => ({ collection, set })),
  );
  console.log(
    `nDCG@10, mean over judged queries; one fixed configuration (${new Date().toISOString().slice(0, 10)})\n`,
  );
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

main(process.argv[2]);
