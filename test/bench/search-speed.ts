/**
 * Measures what the search index costs: building, snapshot size, and, in a fresh process each, loading and searching.
 *
 *   npm run bench:search-speed [-- <number of documents> ...]
 *
 * All times are of the processor, so that other work on the machine does not blur them. The snapshot that is loaded was unzipped in the same
 * process, as the knowledge base does it: memory that only the kernel wrote costs its first reader up to ten times the loading.
 * Documents are made up from a vocabulary with the word frequencies of a language, so that posting lists are as long as real ones.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bm25Engine } from '../../functions/search/engine.ts';
import type { SearchDocument } from '../../functions/search/port.ts';

const DEFAULT_SIZES = [1434, 100_000];
/** So many that the first of a process, while its code is compiled, are not the slowest in a hundred. */
const QUERIES = 2000;
const VOCABULARY = 40_000;

interface BuildFigures {
  buildMs: number;
  buildRssMb: number;
  rawMb: number;
  gzipMb: number;
}
interface SearchFigures {
  loadMs: number;
  rssMb: number;
  firstMs: number;
  question: Percentiles;
  short: Percentiles;
  typo: Percentiles;
  nearestIdsMs: number;
}
interface Percentiles {
  p50: number;
  p99: number;
}

/** Processor time of this process so far. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Mulberry32: the same documents in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rank r with a probability of about 1/r, as words have. */
function wordMaker(random: () => number): () => string {
  return () => nameOf(Math.floor(VOCABULARY ** random()) + Math.floor(random() * 2));
}

/** A pronounceable word for a number, a different one for each. */
function nameOf(number: number): string {
  const consonants = 'bcdfgklmnprstv';
  const vowels = 'aeiou';
  let word = '';
  for (let rest = number + 70; rest > 0; rest = Math.floor(rest / 70)) {
    word += consonants[rest % 14]! + vowels[Math.floor(rest / 14) % 5]!;
  }
  return word;
}

function documentOf(i: number, random: () => number): SearchDocument {
  const word = wordMaker(random);
  const words = (count: number): string => Array.from({ length: count }, word).join(' ');
  const part = `6ES7 ${200 + (i % 300)}-1A${String.fromCharCode(65 + (i % 26))}${10 + (i % 89)}-0XB0`;
  return {
    id: `siemens:${word()}:${word()}-${word()}-${i}`,
    title: words(7),
    summary: words(20),
    content: `${words(60)} ${part} ${words(60)}`,
    keywords: [word(), word(), word()],
    facets: {
      manufacturer: i % 11 === 0 ? 'allen_bradley' : 'siemens',
      type: 'specification',
      safety: 'info',
    },
  };
}

function build(size: number, file: string): BuildFigures {
  const random = seeded(size);
  const started = processorMs();
  const builder = bm25Engine.builder();
  for (let i = 0; i < size; i++) builder.add(documentOf(i, random));
  const snapshot = builder.build().serialise();
  const buildMs = processorMs() - started;
  const buildRssMb = process.memoryUsage.rss() / 1e6;
  const zipped = gzipSync(snapshot);
  writeFileSync(file, zipped);
  return { buildMs, buildRssMb, rawMb: snapshot.length / 1e6, gzipMb: zipped.length / 1e6 };
}

function search(file: string): SearchFigures {
  const snapshot = gunzipSync(readFileSync(file));
  const started = processorMs();
  const index = bm25Engine.load(snapshot);
  const loadMs = processorMs() - started;
  globalThis.gc?.();
  const rssMb = process.memoryUsage.rss() / 1e6;

  const word = wordMaker(seeded(7));
  const timeOf = (query: string): number => {
    const from = processorMs();
    index.search(query, { limit: 5 });
    return processorMs() - from;
  };
  const time = (queryOf: () => string): Percentiles => {
    const times = Array.from({ length: QUERIES }, () => timeOf(queryOf())).sort((a, b) => a - b);
    return { p50: times[Math.floor(QUERIES / 2)]!, p99: times[Math.floor(QUERIES * 0.99)]! };
  };
  const questionOf = (): string => Array.from({ length: 10 }, word).join(' ');
  const firstMs = timeOf(questionOf());
  const question = time(questionOf);
  const short = time(() => `${word()} ${word()} ${word()}`);
  const typo = time(() => `${word()} ${word()} ${word()}xq`);
  const from = processorMs();
  index.nearestIds('siemens:bodo:kula-mino-12', 5);
  return { loadMs, rssMb, firstMs, question, short, typo, nearestIdsMs: processorMs() - from };
}

function inFreshProcess<T>(...args: string[]): T {
  const output = execFileSync(process.execPath, [...process.execArgv, import.meta.filename, ...args], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as T;
}

function report(sizes: readonly number[]): void {
  console.log(
    '| documents | build | RSS built | snapshot raw / gzip | load | RSS loaded | first question | question p50 / p99 | 3 words | with a typo | nearest ids |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  const folder = mkdtempSync(join(tmpdir(), 'search-speed-'));
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const pair = ({ p50, p99 }: Percentiles): string => `${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;
  try {
    for (const size of sizes) {
      const file = join(folder, `${size}.bin`);
      const built = inFreshProcess<BuildFigures>('build', String(size), file);
      const used = inFreshProcess<SearchFigures>('search', file);
      console.log(
        `| ${size.toLocaleString('en')} | ${(built.buildMs / 1000).toFixed(1)} s | ${built.buildRssMb.toFixed(0)} MB ` +
          `| ${built.rawMb.toFixed(1)} / ${built.gzipMb.toFixed(1)} MB | ${ms(used.loadMs)} | ${used.rssMb.toFixed(0)} MB ` +
          `| ${ms(used.firstMs)} | ${pair(used.question)} | ${pair(used.short)} | ${pair(used.typo)} | ${ms(used.nearestIdsMs)} |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'build') console.log(JSON.stringify(build(Number(rest[0]), rest[1] ?? '')));
else if (mode === 'search') console.log(JSON.stringify(search(rest[0] ?? '')));
else report(mode === undefined ? DEFAULT_SIZES : [mode, ...rest].map(Number));
