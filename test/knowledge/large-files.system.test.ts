import { describe, expect, it } from 'vitest';
import { jsonItems } from '../../functions/knowledge/formats/json-items.ts';
import type { StreamSource } from '../../functions/knowledge/read-atoms.ts';
import { sheetOf } from '../fixtures/zip-file.ts';
import { readOrRefusal, textFile } from './knowledge-setup.ts';

const PIECE_BYTES = 65_536;
const HUGE_BYTES = 200_000_000;
/** The bytes that JSON may hold of one document, twice, with those that the run beside it holds. */
const MAX_HELD_BYTES = 150_000_000;

/** A file that is made as it is read. */
function hugeFile(name: string, begin: string, end = ''): StreamSource {
  const piece = Buffer.from('word word word word word word word, '.repeat(2_000).slice(0, PIECE_BYTES));
  async function* stream() {
    yield Buffer.from(begin);
    for (let size = 0; size < HUGE_BYTES; size += piece.length) yield piece;
    yield Buffer.from(end);
  }
  return { name, stream: stream() };
}

const held = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;

describe('a file of hundreds of megabytes', () => {
  it.each([
    ['atoms.json', '[{"title":"a","content":"', '"}]', 'is larger than 4000000 bytes: split it into several'],
    [
      'atoms.jsonl',
      '{"title":"a","content":"',
      '"}\n',
      'is larger than 4000000 bytes: split it into several',
    ],
    ['atoms.json', '{"title":"a","content":"', '"}', 'is larger than 64000000 bytes: split it into several'],
    ['atoms.json', '{"note":"', '","atoms":[]}', 'the text before the list of records is too large'],
    ['atoms.csv', 'title,content\na,"', '"\n', 'a row is larger than 4000000 bytes'],
    ['article.md', '# Belt\n\n', '', 'is larger than 4000000 bytes: split it, one article a file'],
  ])('is refused and never held: %s that begins %j', async (name, begin, end, told) => {
    const before = held();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, held() - before)), 5);
    const found = await readOrRefusal(hugeFile(name, begin, end));
    clearInterval(watch);
    expect(JSON.stringify(found)).toContain(told);
    expect(most).toBeLessThan(MAX_HELD_BYTES);
  });
});

it('A workbook that needs more memory than an import has is refused', async () => {
  const random = Array.from({ length: 1_000 }, () => Math.random()).join(' ');
  const large = sheetOf(
    `<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><!--${random.repeat(3_000)}-->`,
  );
  expect(await readOrRefusal(textFile(large, 'large.xlsx'))).toContain(
    'is too large a workbook: save its sheets as CSV',
  );
});

it('A map may have more entries than a call takes arguments', async () => {
  const size = 180_000;
  const map = Array.from({ length: size }, (_, at) => `"${at}":{"text":"b"}`).join();
  const { name, stream } = textFile(`{${map}}`, 'map.json', PIECE_BYTES);
  let items = 0;
  for await (const item of jsonItems({ file: name, chunks: stream })) {
    if ('value' in item) items += 1;
  }
  expect(items).toBe(size);
});
