import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableSourceError } from '../../functions/knowledge/import-error.ts';
import type { Item } from '../../functions/knowledge/formats/item.ts';
import { kindOf } from '../../functions/knowledge/formats/file-kind.ts';
import { jsonItems } from '../../functions/knowledge/formats/json-items.ts';
import { MAX_ITEM_BYTES } from '../../functions/knowledge/formats/json-scanner.ts';
import { textFile } from './knowledge-setup.ts';

async function itemsOf(text: string | Buffer, options: { jsonLines?: boolean; pieceBytes?: number } = {}) {
  const { pieceBytes = 4096, jsonLines } = options;
  const items: Item[] = [];
  const chunks = textFile(text, 'f', pieceBytes).stream;
  for await (const item of jsonItems({
    file: 'f.json',
    chunks,
    ...(jsonLines !== undefined && { jsonLines }),
  })) {
    items.push(item);
  }
  return items;
}

const valuesOf = (items: Item[]) => items.map((item) => (item.kind === 'record' ? item.value : item.why));

async function refusal(text: string | Buffer, options?: { jsonLines?: boolean }): Promise<string> {
  const error: unknown = await itemsOf(text, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnreadableSourceError);
  return (error as Error).message;
}

describe('the values of a JSON file', () => {
  it('are the entries of a list, however it is cut into pieces and laid out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 1, '\t'),
        async (values, pieceBytes, indent) => {
          const text = JSON.stringify(values, null, indent);
          expect(valuesOf(await itemsOf(text, { pieceBytes }))).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it('are the entries of the list "atoms" of an object, whatever stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 3 }),
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (metadata, atoms, pieceBytes) => {
          const text = JSON.stringify({ metadata, deeper: { atoms: [1] }, atoms, after: metadata });
          expect(valuesOf(await itemsOf(text, { pieceBytes }))).toEqual(
            (JSON.parse(text) as { atoms: unknown }).atoms,
          );
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it('are the lines of a file of JSON lines, told by its name or by its first line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n', '\n\n  \n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (values, newline, jsonLines, pieceBytes) => {
          const text = values.map((value) => JSON.stringify(value)).join(newline);
          expect(valuesOf(await itemsOf(text, { jsonLines, pieceBytes }))).toEqual(
            values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          );
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it('are a single object, or several one after the other', async () => {
    expect(valuesOf(await itemsOf('{"a": [1, {"atoms": [2]}]}\n'))).toEqual([{ a: [1, { atoms: [2] }] }]);
    expect(valuesOf(await itemsOf('{\n "a": 1\n}\n{\n "b": 2\n}\n'))).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('are an atom where an object has both an id and a list named "atoms"', async () => {
    expect(valuesOf(await itemsOf('{"atom_id": "x", "atoms": [1]}'))).toEqual([{ atom_id: 'x', atoms: [1] }]);
  });

  it('may have comments and a last comma around them, as in JSON that is written by hand', async () => {
    const [a, b] = ['{"t": "a // no, comment ["}', '{"t": "b /* none */ ]"}'];
    const values = [{ t: 'a // no, comment [' }, { t: 'b /* none */ ]' }];
    for (const text of [
      `// by a "tool" [x]\n[${a},\n${b}]\n`,
      `# by a tool's {hand\n[${a},${b}]`,
      `/* by { \n ** a tool's **/ [${a}/**/,/* " */${b}] // end [`,
      `[ // first\n${a}\n// second, it's {\n,${b}\n]\n/* end */`,
      `[${a},${b},]`,
      `[${a},${b},\n// no more\n]`,
      `{"metadata": {}, // about [\n "atoms": [ // {\n${a},${b},],}`,
      `// lines\n${a}\n// next\n${b}\n`,
    ])
      for (const pieceBytes of [1, 2, 3, 7, 4096])
        expect([
          text,
          valuesOf(await itemsOf(text, { pieceBytes })).filter((value) => typeof value === 'object'),
        ]).toEqual([text, values]);
    expect(valuesOf(await itemsOf('[// nothing\n]'))).toEqual([]);
    expect((await itemsOf(`// one\n/* two\n */[\n${a}]`))[0]).toMatchObject({ line: 4 });
  });

  it('are looked for behind a comment at the beginning, and not in a program', () => {
    const kind = (text: string, name: string) => kindOf(Buffer.from(text), name);
    for (const text of ['// x\n[', '/* [ */ {', ' // x\n// y\n\n{'])
      for (const name of ['a.json', 'a', 'a.bak']) expect(kind(text, name)).toEqual({ reads: 'json' });
    expect(kind('/* endless', 'a.json')).toEqual({ reads: 'json' });
    expect(kind('// x\nint main() {', 'a.c')).toMatchObject({
      is: expect.stringContaining('a program') as string,
    });
    expect(kind('# Title\n[a](b)', 'a.txt')).toEqual({ reads: 'text' });
  });

  it('carry the line on which they begin', async () => {
    const items = await itemsOf('[\n  {"a": "x\\ny"},\n\n  {\n  "b": 2}, 3\n,4]\n');
    expect(items.map(({ index, line }) => [index, line])).toEqual([
      [0, 2],
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const lines = await itemsOf('{"a":1}\n\n{"b":1}\n{"c":1}');
    expect(lines.map(({ line }) => line)).toEqual([1, 3, 4]);
  });

  it('of JSON lines do not suffer from a bad line among them', async () => {
    const text = '{"a":1}\n{"b": oops}\n{"c": "\n[1]\n{"d":1}\n';
    expect(valuesOf(await itemsOf(text, { jsonLines: true }))).toEqual([
      { a: 1 },
      'is not valid JSON',
      'is not valid JSON',
      [1],
      { d: 1 },
    ]);
    const damaged = Buffer.concat([
      Buffer.from('{"a":"ü"}\n{"b":"ü'),
      Buffer.from([0xc3]),
      Buffer.from('"}\n'),
    ]);
    expect(valuesOf(await itemsOf(damaged))).toEqual([
      { a: 'ü' },
      expect.stringContaining('not valid UTF-8'),
    ]);
    const latin1 = Buffer.concat([
      Buffer.from('{"a":1}\n{"b":"'),
      Buffer.from([0xfc]),
      Buffer.from('"}\n{"c":1}\n'),
    ]);
    expect(valuesOf(await itemsOf(latin1))).toEqual([{ a: 1 }, { b: 'ü' }, { c: 1 }]);
  });

  it('are read past one that is too large, which is not held in memory', async () => {
    async function* chunks() {
      yield '[{"a": 1}, {"content": "';
      for (let i = 0; i < 100; i++) yield 'x'.repeat(MAX_ITEM_BYTES / 50);
      yield '"}, {"b": 2}]';
    }
    const items: Item[] = [];
    for await (const item of jsonItems({ file: 'f', chunks: chunks() })) items.push(item);
    expect(valuesOf(items)).toEqual([{ a: 1 }, expect.stringContaining('larger than'), { b: 2 }]);
    const line = `{"a":1}\n"${'x'.repeat(MAX_ITEM_BYTES)}"\n{"b":2}`;
    expect(valuesOf(await itemsOf(line))).toEqual([
      { a: 1 },
      expect.stringContaining('larger than'),
      { b: 2 },
    ]);
  });
});

describe('a file that is not JSON as a whole is refused, with its line', () => {
  it('when it was cut off, wherever that is', async () => {
    const whole = '{"metadata": {"a": [1]}, "atoms": [{"t": "x]}\\""}, {"u": 2}], "after": {"b": 2}}';
    for (let length = 1; length < whole.length; length++) {
      expect(await refusal(whole.slice(0, length))).toContain('f.json');
    }
    const list = '[{"t": "x]}\\""},\n {"u": [2]}]';
    for (let length = 1; length < list.length; length++) await refusal(list.slice(0, length));
    expect(await refusal('[\n{"a": 1},\n{"b"')).toBe(
      'f.json, line 3: the file ends in the middle: it was cut off',
    );
    expect(await refusal('{"a":1}\n{"b":2}\n{"c')).toBe('f.json, line 3: the last line is cut off');
  });

  it('when an entry or what stands between entries is broken', async () => {
    expect(await refusal('[{"a": 1},\n{"b": }, {"c": 1}]')).toBe('f.json, line 2: entry 2 is not valid JSON');
    for (const text of [
      '[1 2]',
      '[1,,2]',
      '[,1]',
      '[}',
      '[1] 2',
      '[1]{"a":1}',
      '{"a":1} x',
      '{\n"a":1}\n]',
    ]) {
      await refusal(text);
    }
    expect(await refusal('{"metadata": oops, "atoms": [{"a": 1}]}')).toContain('around the list');
    expect(await refusal('{"atoms": [{"a": 1}], "x": }')).toContain('around the list');
  });

  it('in words that say what is missing', async () => {
    expect(await refusal('[{"a": 1}\n{"b": 1}]')).toBe(
      'f.json, line 2: the list is broken after its entry 1: a comma is missing',
    );
    expect(await refusal('[{"a": 1},\n,{"b": 1}]')).toBe(
      'f.json, line 2: the list is broken after its entry 1: no entry stands where one should',
    );
    expect(await refusal('[{"a": 1}, / {"b": 1}]')).toContain('a slash begins no comment');
    expect(await refusal('[{"a": 1} /* {"b": 1}]')).toContain('cut off');
  });

  it('when it is empty, or no JSON at all', async () => {
    expect(await refusal(' \n')).toContain('empty');
    expect(await refusal('<html>')).toContain('neither a JSON list nor an object');
    expect(await refusal('"text"')).toContain('neither');
  });

  it('without showing its content in the message', async () => {
    expect(await refusal('[{"password": "hunter2" oops}]')).not.toContain('hunter2');
  });
});
