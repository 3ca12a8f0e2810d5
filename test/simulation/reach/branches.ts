import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** The file that a process writes into `NODE_V8_COVERAGE`: https://nodejs.org/api/cli.html#node_v8_coveragedir */
export interface Coverage {
  result: { url: string; functions: { ranges: Range[] }[] }[];
  'source-map-cache'?: Record<string, { lineLengths: number[]; data: SourceMapPayload | null }>;
}

export interface Branch {
  line: number;
  /** The source where it begins. */
  text: string;
  /** How often it was taken. */
  count: number;
}

/**
 * Functions, and the blocks in them that are taken more or less often than what they are in. V8 tells no others, so
 * that a block may be known of one process only: in the others it was taken as often as what it is in.
 */
export async function branchesOf(all: readonly Coverage[], watched: RegExp): Promise<Map<string, Branch[]>> {
  const urls = new Set(
    all.flatMap(({ result }) => result.map(({ url }) => url)).filter((url) => watched.test(url)),
  );
  const found = new Map<string, Branch[]>();
  for (const url of [...urls].sort()) {
    const parts = all.map(({ result }) =>
      result
        .filter((script) => script.url === url)
        .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges)),
    );
    const map = all.map((coverage) => coverage['source-map-cache']?.[url]).find((one) => one?.data);
    if (map?.data) found.set(url, await branchesIn(url, parts, map.lineLengths, new SourceMap(map.data)));
  }
  return found;
}

async function branchesIn(
  url: string,
  parts: readonly (readonly Range[])[],
  lineLengths: readonly number[],
  map: SourceMap,
): Promise<Branch[]> {
  const source = (await readFile(fileURLToPath(url), 'utf8')).split('\n');
  const distinct = new Map(parts.flat().map((range) => [`${range.startOffset}-${range.endOffset}`, range]));
  // The first is the module as a whole.
  const ranges = [...distinct.values()].filter(({ startOffset }) => startOffset > 0);
  const branches = ranges.map((range): Branch | undefined => {
    const origin = originOf(range.startOffset, lineLengths, map);
    const line = origin?.line ?? 0;
    const text = source[line - 1]?.slice(origin?.column).trim() ?? '';
    // Code that the compiler added belongs to no line.
    if (text === '') return undefined;
    return { line, text, count: parts.reduce((sum, part) => sum + countIn(part, range), 0) };
  });
  return branches.filter((branch) => branch !== undefined).sort((a, b) => a.line - b.line);
}

/** The count of the smallest range of `part` around this one. */
function countIn(part: readonly Range[], { startOffset, endOffset }: Range): number {
  const around = part.filter((one) => one.startOffset <= startOffset && endOffset <= one.endOffset);
  const size = (one: Range): number => one.endOffset - one.startOffset;
  return (
    around.reduce<Range | undefined>((best, one) => (best && size(best) <= size(one) ? best : one), undefined)
      ?.count ?? 0
  );
}

function originOf(
  offset: number,
  lineLengths: readonly number[],
  map: SourceMap,
): { line: number; column: number } | undefined {
  let [line, left] = [0, offset];
  for (; line < lineLengths.length && left > (lineLengths[line] ?? 0); line += 1)
    left -= (lineLengths[line] ?? 0) + 1;
  const entry = map.findEntry(line, left);
  if (!('originalLine' in entry)) return undefined;
  return { line: entry.originalLine + 1, column: entry.originalColumn };
}
