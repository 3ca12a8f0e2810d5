import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Atom } from '../../functions/knowledge/atom.ts';
import { type ReadAtom, readAtoms } from '../../functions/knowledge/read-atoms.ts';
import { workbook, zipFile } from '../fixtures/zip-file.ts';
import { record, textFile } from './knowledge-setup.ts';

async function readAll(text: string | Buffer, name = 'atoms.json'): Promise<ReadAtom[]> {
  const read: ReadAtom[] = [];
  for await (const each of readAtoms(textFile(text, name, 777))) read.push(each);
  return read;
}

/** The atoms of a file without a problem, and what it was read as. */
async function atomsOf(text: string | Buffer, name?: string): Promise<{ atoms: Atom[]; as: string[] }> {
  const read = await readAll(text, name);
  const atoms = read.map((each) => {
    if (each.atom === undefined) throw new Error(JSON.stringify(each));
    return each.atom;
  });
  return { atoms, as: [...new Set(read.flatMap((each) => (each.atom === undefined ? [] : each.as)))] };
}

const TEXT = 'Lock out, then re-tension the belt.';
const belt = { title: 'Belt slips', content: TEXT };
const cp1252 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('records are found', () => {
  const cases: [string, unknown, string, Partial<Atom>][] = [
    ...['data', 'items', 'results', 'rows', 'records', 'documents', 'knowledge_atoms'].map(
      (name): [string, unknown, string, Partial<Atom>] => [
        `under ${name}`,
        { total: 1, [name]: [belt] },
        'JSON',
        belt,
      ],
    ),
    ['in a list within an export', { export: { version: 1, atoms: [belt] } }, 'JSON', belt],
    ['in a list of any name', { faults: [belt] }, 'JSON', belt],
    ['under a name of any case', { Count: 1, Items: [belt] }, 'JSON', belt],
    ['in an export of several frames', { a: { m: {}, payload: { b: { list: [belt] } } } }, 'JSON', belt],
    ['in pages of an answer', [{ page: 1, items: [belt] }], 'JSON', belt],
    [
      'in lists by category',
      { categories: [{ name: 'Belts', articles: [belt] }, { name: 'Empty' }] },
      'JSON',
      belt,
    ],
    ['with several answers', [{ question: 'Belt slips', answers: [{ text: TEXT }] }], 'JSON', belt],
    ['in posts of WordPress', [{ post_title: 'Belt slips', post_content: `<p>${TEXT}</p>` }], 'JSON', belt],
    [
      'in pages of Confluence',
      { results: [{ title: 'Belt slips', body: { storage: { value: `<p>${TEXT}</p>` } } }] },
      'JSON',
      belt,
    ],
    [
      'in the view of pages of Confluence',
      { results: [{ title: 'Belt slips', body: { view: { value: `<p>${TEXT}</p>` } } }] },
      'JSON',
      belt,
    ],
    [
      'in blocks of an editor',
      [{ title: 'Belt slips', body: [{ type: 'paragraph', children: [{ type: 'text', text: TEXT }] }] }],
      'JSON',
      belt,
    ],
    [
      'under tags of their language',
      { items: [{ fields: { title: { 'en-US': 'Belt slips' }, body: { 'en-US': TEXT } } }] },
      'Airtable records',
      belt,
    ],
    [
      'in issues of Jira',
      { issues: [{ fields: { summary: 'Belt slips', description: TEXT } }] },
      'Airtable records',
      belt,
    ],
    ['in GraphQL edges', { data: { atoms: { edges: [{ node: belt }] } } }, 'GraphQL edges', belt],
    [
      'in a scan of DynamoDB',
      {
        Items: [
          {
            atom_id: { S: 'b-1' },
            title: { S: 'Belt slips' },
            content: { S: TEXT },
            keywords: { L: [{ S: 'belt' }] },
            source_pages: { NS: ['4'] },
            quality_score: { N: '0.5' },
            summary: { NULL: true },
          },
        ],
      },
      'DynamoDB items',
      { ...belt, atom_id: 'b-1', keywords: ['belt'], source_pages: [4], quality_score: 0.5 },
    ],
    [
      'in an export of DynamoDB to S3',
      { Item: { title: { S: 'Belt slips' }, content: { S: TEXT } } },
      'DynamoDB items',
      belt,
    ],
    [
      'in a scan of DynamoDB with a field that a program added',
      { Items: [{ pk: 'x', title: { S: 'Belt slips' }, content: { S: TEXT } }] },
      'DynamoDB items',
      belt,
    ],
    [
      'in documents of Firestore',
      {
        documents: [
          {
            name: 'projects/p/databases/(default)/documents/kb/b-1',
            fields: {
              title: { stringValue: 'Belt slips' },
              content: { stringValue: TEXT },
              page: { integerValue: '4' },
              tags: { arrayValue: { values: [{ stringValue: 'belt' }] } },
              meta: { mapValue: { fields: { vendor: { stringValue: 'Acme' } } } },
            },
            createTime: '2025-01-01T00:00:00Z',
          },
        ],
      },
      'Firestore documents',
      { ...belt, atom_id: 'b-1', source_pages: [4], keywords: ['belt'], manufacturer: 'acme' },
    ],
    [
      'in an answer of Firestore',
      [{ document: { fields: { title: { stringValue: 'Belt slips' }, content: { stringValue: TEXT } } } }],
      'Firestore documents',
      belt,
    ],
    [
      'in instructions with their outputs',
      [{ instruction: 'Belt slips', input: '', output: TEXT }],
      'questions and answers',
      belt,
    ],
    [
      'in prompts with an input, and their completions',
      [{ prompt: 'Belt', input: 'slips', completion: TEXT }],
      'questions and answers',
      belt,
    ],
    [
      'in conversations',
      [
        {
          conversations: [
            { from: 'human', value: 'Belt slips' },
            { from: 'gpt', value: TEXT },
          ],
        },
      ],
      'chat messages',
      belt,
    ],
    ['in a map by id', { 'acme:belt:slips': belt }, 'JSON', { ...belt, atom_id: 'acme:belt:slips' }],
    [
      'in a map under atoms',
      { atoms: { 'acme:belt:slips': belt } },
      'JSON',
      { ...belt, atom_id: 'acme:belt:slips' },
    ],
    [
      'in LangChain documents',
      [
        {
          page_content: TEXT,
          metadata: { source: 'belt.pdf', page: 4, title: 'Belt slips' },
          type: 'Document',
        },
      ],
      'LangChain documents',
      { ...belt, source_document: 'belt.pdf', source_pages: [4] },
    ],
    [
      'in LangChain constructors',
      [
        {
          lc: 1,
          type: 'constructor',
          id: ['langchain'],
          kwargs: { page_content: TEXT, metadata: { title: 'Belt slips' } },
        },
      ],
      'LangChain documents',
      belt,
    ],
    [
      'in a LlamaIndex docstore',
      {
        'docstore/data': {
          'n-1': {
            __data__: { id_: 'n-1', metadata: { title: 'Belt slips' }, text: TEXT, class_name: 'TextNode' },
            __type__: '1',
          },
        },
      },
      'LlamaIndex nodes',
      { ...belt, atom_id: 'n-1' },
    ],
    [
      'in a Chroma dump',
      { ids: ['b-1'], embeddings: [[0.1]], documents: [TEXT], metadatas: [{ title: 'Belt slips' }] },
      'a Chroma dump',
      { ...belt, atom_id: 'b-1' },
    ],
    [
      'in Qdrant points',
      { result: { points: [{ id: 1, payload: belt, vector: [0.1] }], next_page_offset: null }, status: 'ok' },
      'Qdrant points',
      belt,
    ],
    [
      'in Elasticsearch hits',
      { took: 1, hits: { total: 1, hits: [{ _index: 'kb', _id: 'b-1', _source: belt }] } },
      'Elasticsearch hits',
      { ...belt, atom_id: 'b-1' },
    ],
    [
      'in a query of Weaviate',
      { data: { Get: { Article: [{ ...belt, _additional: { id: 'w1' } }] } } },
      'JSON',
      belt,
    ],
    [
      'in questions of a page, as schema.org has them',
      {
        '@type': 'FAQPage',
        mainEntity: [
          { '@type': 'Question', name: 'Belt slips', acceptedAnswer: { '@type': 'Answer', text: TEXT } },
        ],
      },
      'JSON',
      belt,
    ],
    [
      'in an object beside its name',
      [{ id: 'b-1', data: { content: TEXT }, meta: { name: 'Belt slips' } }],
      'documents with data',
      { ...belt, atom_id: 'b-1' },
    ],
    ['in a map by title', { 'Belt slips': { content: TEXT }, x: { content: 'No.' } }, 'JSON', belt],
    ['in a map of texts', { 'Belt slips': TEXT, 'Motor hums': TEXT }, 'a map of titles', belt],
    ['in columns', { title: ['Belt slips'], content: [TEXT] }, 'a table of columns', belt],
    [
      'in a table of pandas',
      { columns: ['title', 'content'], index: [0], data: [['Belt slips', TEXT]] },
      'a table of pandas',
      belt,
    ],
    [
      'in chat messages',
      [
        {
          messages: [
            { role: 'user', content: 'Belt slips' },
            { role: 'assistant', content: TEXT },
          ],
        },
      ],
      'chat messages',
      belt,
    ],
    [
      'as questions and answers',
      [{ question: 'Belt slips', answer: TEXT, id: 0 }],
      'JSON',
      { ...belt, atom_id: 'generic:article:belt-slips' },
    ],
  ];
  it.each(cases)('%s', async (_, dump, as, expected) => {
    const read = await atomsOf(JSON.stringify(dump));
    expect(read).toMatchObject({ as: [as] });
    expect(read.atoms[0]).toMatchObject(expected);
    expect(read.atoms).toHaveLength(Object.keys(dump as object).includes('Belt slips') ? 2 : 1);
  });

  it('one at a time in a list that is nested, however long', async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ ...belt, title: `Belt ${at}` }));
    const { atoms } = await atomsOf(JSON.stringify({ export: { at: 'today', records: many }, by: 'x' }));
    expect(atoms.map(({ title }) => title)).toEqual(many.map(({ title }) => title));
  });

  it('in a bulk file of Elasticsearch, whose other lines are none', async () => {
    const lines = [{ index: { _index: 'kb', _id: 'b-1' } }, belt].map((line) => JSON.stringify(line));
    expect((await atomsOf(`${lines.join('\n')}\n`, 'bulk.ndjson')).atoms).toMatchObject([belt]);
  });

  it('in one list only, for a second one would be lost', async () => {
    await expect(readAll(JSON.stringify({ items: [belt], rows: [belt] }))).rejects.toThrow(
      'another list of records, "rows"',
    );
  });

  it('in lists that follow one another, and in lists and pages of lines', async () => {
    const [one, two] = [JSON.stringify([belt]), JSON.stringify([{ ...belt, title: 'Belt tears' }])];
    const titles = async (text: string, name: string): Promise<string[]> =>
      (await atomsOf(text, name)).atoms.map(({ title }) => title);
    const both = ['Belt slips', 'Belt tears'];
    expect(await titles(`${one}\n${two}`, 'joined.json')).toEqual(both);
    expect(await titles(`${one}\n${two}\n`, 'lists.jsonl')).toEqual(both);
    expect(await titles(`{"items": ${one}}\n{"items": ${two}}\n`, 'pages.jsonl')).toEqual(both);
  });

  it('in lines that are not quite JSON', async () => {
    const lines = "{'title': 'a', 'content': 'b', 'n': NaN},\n\u001e{\"title\":\"c\",\"content\":\"d\"}\n";
    const { atoms } = await atomsOf(lines, 'x.jsonl');
    expect(atoms.map(({ title }) => title)).toEqual(['a', 'c']);
    await expect(readAll("[{'title': None}]")).rejects.toThrow('json.dumps');
  });

  it('with ids of their own where titles are the same', async () => {
    const twice = [belt, { ...belt, content: 'Other.' }, belt];
    const { atoms } = await atomsOf(JSON.stringify(twice));
    expect(atoms.map(({ atom_id }) => atom_id)).toEqual([
      'generic:article:belt-slips',
      'generic:article:belt-slips-2',
      'generic:article:belt-slips',
    ]);
  });
});

describe('fields that a file declares once', () => {
  const hum = { title: 'Motor hums', content: TEXT, language: 'en' };
  const declared = { language: 'de', vendor: 'Acme', source: 'belt.pdf' };
  const cases: [string, unknown][] = [
    ['before the list', { ...declared, atoms: [belt, hum] }],
    ['behind the list', { atoms: [belt, hum], ...declared }],
    ['in the metadata of the file', { metadata: declared, items: [belt, hum] }],
    ['as defaults', { defaults: declared, rows: [belt, hum] }],
    ['around the object that has the list', { ...declared, export: { records: [belt, hum] } }],
    [
      'beside a title of the file',
      { title: 'Manual', description: 'All.', ...declared, articles: [belt, hum] },
    ],
    ['beside an id of the file', { id: 'x-1', ...declared, articles: [belt, hum] }],
    ['around a map', { ...declared, atoms: { 'b-1': belt, 'b-2': hum } }],
  ];
  it.each(cases)('are those of each record that has none of its own: %s', async (_, dump) => {
    const read = await readAll(JSON.stringify(dump));
    expect(read).toMatchObject([
      {
        atom: {
          title: 'Belt slips',
          manufacturer: 'acme',
          source_document: 'belt.pdf',
          extra: { language: 'de' },
        },
      },
      {
        atom: {
          title: 'Motor hums',
          manufacturer: 'acme',
          source_document: 'belt.pdf',
          extra: { language: 'en' },
        },
      },
    ]);
    const told = read.map((each) =>
      each.atom === undefined
        ? []
        : each.notes.filter(({ message }) => message.includes('declared once')).map(({ field }) => field),
    );
    expect(told).toEqual([
      ['language', 'vendor', 'source'],
      ['vendor', 'source'],
    ]);
  });

  it('are twenty at most, since each costs a look at each record', async () => {
    const defaults = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`field_${at}`, `v${at}`]));
    const { atoms } = await atomsOf(JSON.stringify({ defaults, atoms: [belt] }));
    expect(Object.keys(atoms[0]!.extra!)).toHaveLength(20);
  });

  it('are taken from YAML as from JSON', async () => {
    const { atoms } = await atomsOf(
      `language: de\natoms:\n  - title: Belt slips\n    content: ${TEXT}\n`,
      'a.yaml',
    );
    expect(atoms).toMatchObject([{ ...belt, extra: { language: 'de' } }]);
  });

  it('are not the title, the date or the version of the file', async () => {
    const dump = {
      name: 'Export',
      version: '3',
      date: '2025-01-02',
      url: 'https://x.example',
      atoms: [belt],
    };
    const [atom] = (await atomsOf(JSON.stringify(dump))).atoms;
    expect(atom).toMatchObject(belt);
    for (const field of ['product_version', 'created_at', 'source_url', 'extra'] as const)
      expect(atom).not.toHaveProperty(field);
  });

  it('are named where they stand behind a list that is too long to wait for them', async () => {
    const many = Array.from({ length: 6 }, (_, at) => ({
      title: `Belt ${at}`,
      content: 'x'.repeat(300_000),
    }));
    const lists = Array.from({ length: 4 }, () => many).flat();
    const read = await readAll(JSON.stringify({ vendor: 'Acme', atoms: lists, language: 'de' }));
    expect(read).toHaveLength(24);
    for (const { atom } of read) expect(atom).toMatchObject({ manufacturer: 'acme' });
    expect(read.filter(({ atom }) => atom?.extra !== undefined)).toEqual([]);
    const last = read.at(-1)!;
    expect(last.atom && last.notes.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('(language): put that before the list'),
    );
  });
});

describe('a table', () => {
  it('of Excel has semicolons and Windows-1252', async () => {
    const read = await readAll(
      cp1252('Titel;Beschreibung;Hersteller\r\nBand läuft schief;"Rolle; verstellen";Müller\r\n'),
      'b.csv',
    );
    expect(read).toMatchObject([
      {
        as: 'CSV with semicolons',
        atom: { title: 'Band läuft schief', content: 'Rolle; verstellen', manufacturer: 'müller' },
      },
    ]);
    expect(read[0]!.atom && read[0]!.notes.map(({ message }) => message)).toContain(
      'is not UTF-8: read as Windows-1252, as Excel saves',
    );
  });

  it('with tabs is what Excel calls a text', async () => {
    const text = Buffer.from(`\ufeffTitel\tText\r\nBelt slips\t${TEXT}\r\n`, 'utf16le');
    expect(await atomsOf(text, 'faults.txt')).toMatchObject({ atoms: [belt], as: ['CSV with tabs'] });
  });

  it.each([
    ['title,content\nBelt slips,"Lock out, then re-tension the belt."\n', 'CSV with commas'],
    [`title\tcontent\nBelt slips\t${TEXT}\n`, 'CSV with tabs'],
    [`sep=|\r\ntitle|content\r\nBelt slips|${TEXT}`, 'CSV with bars'],
    [`\ufefftitle;content\nBelt slips;${TEXT}\n`, 'CSV with semicolons'],
  ])('is recognised by how it begins: %j', async (text, as) => {
    for (const name of ['t.csv', '-'])
      expect(await atomsOf(text, name)).toMatchObject({
        atoms: [belt],
        as: [as],
      });
  });

  it('may have a caption above the names of its columns', async () => {
    const { atoms } = await atomsOf(`Export of 2024\n\ntitle;content\nBelt slips;"${TEXT}"\n`, 'faults.csv');
    expect(atoms).toMatchObject([belt]);
    const caption = `Halle 3;;Stand 2025\n;;\nTitel;Inhalt;\nBelt slips;"${TEXT}";\n`;
    expect((await atomsOf(caption, 'faults.csv')).atoms).toMatchObject([belt]);
    const sheet = workbook([
      ['Faults', 'of 2025'],
      ['Title', 'Text'],
      ['Belt slips', TEXT],
    ]);
    expect((await atomsOf(sheet, 'faults.xlsx')).atoms).toMatchObject([belt]);
    const [alone] = await readAll('name\nBelt slips\n', 'names.csv');
    expect(alone?.atom).toBeUndefined();
  });

  it.each([
    [`"title,content"\n"Belt slips,""${TEXT}"""\n`, 'CSV with commas'],
    [`"Titel;Inhalt"\r\n"Belt slips;${TEXT}"\r\n`, 'CSV with semicolons'],
    [`title,content\n"Belt slips,""${TEXT}"""\n`, 'CSV with commas'],
  ])('may have whole rows in quotation marks: %j', async (text, as) => {
    expect(await atomsOf(text, 'quoted.csv')).toMatchObject({ atoms: [belt], as: [as] });
  });

  it('without a row of names is read where only one column can be the title, and one the text', async () => {
    const hum = 'Measure all three phases, one may be missing.';
    const two = `Belt slips;${TEXT}\nMotor hums;${hum}\n`;
    expect((await atomsOf(two, 'n.csv')).atoms).toMatchObject([belt, { content: hum }]);
    const read = await readAll(`1;Belt slips;${TEXT}\n2;Motor hums;${hum}\n`, 'n.csv');
    expect(read).toMatchObject([{ atom: belt }, { atom: { title: 'Motor hums', content: hum } }]);
    expect(read[0]!.atom && read[0]!.notes.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('without a row of names'),
    );
  });

  it.each([
    ['x,y,z\n1,2,3\n', 'x, y, z'],
    [`Foo,Bar\nBelt slips,"${TEXT}"\n`, 'Foo, Bar'],
    [
      `Belt slips,Motor hums,${TEXT.replace(',', '')}\nPump leaks,Fan stands,${TEXT.replace(',', '')}\n`,
      `Belt slips, Motor hums, ${TEXT.replace(',', '')}`,
    ],
    [`Belt slips;${TEXT}\n`, `Belt slips, ${TEXT}`],
  ])('without one is refused where that is not certain, and its first row shown: %j', async (text, shown) => {
    await expect(readAll(text, 'n.csv')).rejects.toThrow(
      `n.csv, line 1: names no field that is known here (${shown}): put a row of names first, such as \`title,content\``,
    );
  });

  it('of ten thousand columns is read, and one note names those that it has beside', async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `c${at}`);
    const { atoms } = await atomsOf(
      `title,content,${names.join(',')}\nBelt slips,Tension.,${names.join(',')}\n`,
      'wide.csv',
    );
    expect(Object.keys(atoms[0]!.extra!)).toHaveLength(10_000);
  });

  it('is refused where a quotation mark is never closed, or a row has no end', async () => {
    await expect(readAll('title,content\na,"b\n', 'q.csv')).rejects.toThrow(
      'from here on a quotation mark opens',
    );
    await expect(readAll(`title,content\na,"${'x\n'.repeat(2_500_000)}`, 'q.csv')).rejects.toThrow(
      'larger than 4000000 bytes',
    );
  });

  it('may be an Excel workbook', async () => {
    const bytes = workbook([['Fault list'], ['Title', 'Text', 'Model'], ['Belt slips', TEXT, 'GS10']]);
    expect(await atomsOf(bytes, 'faults.xlsx')).toMatchObject({
      atoms: [{ ...belt, product_family: 'GS10' }],
      as: ['Excel'],
    });
  });
});

describe('an article', () => {
  it('is a Markdown file, with front matter or without', async () => {
    const front = '---\ntitle: Belt slips\ntags: [belt, drive]\nvendor: Acme\n---\nText with **force**.\n';
    expect((await atomsOf(front, 'a.md')).atoms).toMatchObject([
      {
        title: 'Belt slips',
        keywords: ['belt', 'drive'],
        manufacturer: 'acme',
        content: 'Text with force.',
        source_document: 'a.md',
      },
    ]);
    expect((await atomsOf(`# Belt slips\n\n${TEXT}\n`, 'a.md')).atoms).toMatchObject([belt]);
    expect((await atomsOf(TEXT, 'Belt_slips.md')).atoms).toMatchObject([belt]);
    expect((await atomsOf(`Belt slips\n=====\n\n${TEXT}`, 'a.md')).atoms).toMatchObject([belt]);
    const german = `---\nTitel: Belt slips\nQuelle: Handbuch\n---\n${TEXT}`;
    expect((await atomsOf(german, 'a.md')).atoms).toMatchObject([{ ...belt, source_document: 'Handbuch' }]);
    await expect(readAll('---\na: [\n---\nText', 'a.md')).rejects.toThrow('front matter');
  });

  it.each([
    ['Hugo', `+++\ntitle = "Belt slips"\ntags = ["belt"]\ndate = 2025-12-10\n+++\n\n${TEXT}\n`],
    ['Notion', `# Belt slips\n\nTags: belt\nCreated: December 10, 2025\n\n${TEXT}\n`],
  ])('has its fields where %s writes them', async (_, text) => {
    expect((await atomsOf(text, 'a.md')).atoms).toMatchObject([
      { ...belt, keywords: ['belt'], created_at: '2025-12-10' },
    ]);
  });

  it('has no fields where its text only looks like them', async () => {
    const text = '# Belt slips\n\nCause: the belt is old.\nRemedy: a new one.\n';
    const content = 'Cause: the belt is old.\nRemedy: a new one.';
    expect((await atomsOf(text, 'a.md')).atoms).toMatchObject([{ title: 'Belt slips', content }]);
  });

  it('is a text, a page of HTML or YAML', async () => {
    expect((await atomsOf(`Belt slips\n\n${TEXT}`, 'a.txt')).atoms).toMatchObject([belt]);
    const page = `<!doctype html><html lang="en"><head><title>Belt slips</title><style>p{}</style></head><body><nav>Home</nav><p>${TEXT}</p></body></html>`;
    expect((await atomsOf(page, 'a.html')).atoms).toMatchObject([{ ...belt, extra: { language: 'en' } }]);
    expect((await atomsOf(`- title: Belt slips\n  content: ${TEXT}\n`, 'a.yaml')).atoms).toMatchObject([
      belt,
    ]);
  });

  it.each([
    ['an alias of nothing', 'title: Belt\ncontent: *nothing\n'],
    [
      'aliases without end',
      ['a: &a [x, x, x, x, x, x, x, x, x]']
        .concat(
          [...'bcdefg'].map(
            (name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[at]}`).join(', ')}]`,
          ),
        )
        .join('\n'),
    ],
  ])('that is YAML with %s is refused as such', async (_, text) => {
    await expect(readAll(text, 'belt.yaml')).rejects.toThrow(
      'belt.yaml: has an alias of nothing, or aliases without end',
    );
  });
});

describe('an encoding', () => {
  const json = JSON.stringify([{ ...belt, title: 'Förderband' }]);
  it.each([
    ['UTF-16 with a mark', Buffer.from(`\ufeff${json}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(json, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${json}`, 'utf16le').swap16()],
    ['Windows-1252', cp1252(json)],
    ['Windows-1252 that says it is UTF-8', Buffer.concat([Buffer.from('\ufeff'), cp1252(json)])],
  ])('is found out: %s', async (_, bytes) => {
    expect((await atomsOf(bytes)).atoms).toMatchObject([{ title: 'Förderband' }]);
  });

  it('is never guessed at: bytes that fit none are reported', async () => {
    const damaged = Buffer.concat([
      Buffer.from('{"title":"ü","content":"'),
      Buffer.from([0xc3]),
      Buffer.from('x"}\n'),
    ]);
    const read = await readAll(Buffer.concat([damaged, Buffer.from(JSON.stringify(belt))]), 'a.jsonl');
    expect(read).toMatchObject([
      { problems: [{ message: 'is not valid UTF-8: save it as UTF-8' }] },
      { atom: belt },
    ]);
  });
});

describe('an archive', () => {
  it('is read as the file or the folder that it holds', async () => {
    const atoms = JSON.stringify([belt]);
    expect((await atomsOf(gzipSync(atoms), 'atoms.json.gz')).atoms).toMatchObject([belt]);
    const zip = zipFile({ 'a/atoms.json': atoms, 'a/more.md': '# More\n\nText.', '__MACOSX/x': 'y' });
    expect((await atomsOf(zip, 'all.zip')).atoms).toMatchObject([belt, { title: 'More' }]);
  });

  it('leaves aside what is no article, and a file that is broken', async () => {
    const zip = zipFile({
      'README.md': 'x',
      'm.pdf': '%PDF-1.7',
      'cut.json': '[{"title"',
      'good.json': JSON.stringify([belt]),
    });
    expect(await readAll(zip, 'all.zip')).toMatchObject([
      { left: 'is about the other files', isBroken: false },
      { left: expect.stringContaining('a PDF') as string, isBroken: false },
      { left: expect.stringContaining('cut off') as string, isBroken: true },
      { atom: belt },
    ]);
  });

  it('that unpacks to a thousand times its size is refused', async () => {
    const spaces = Buffer.alloc(21_000_000, ' ');
    await expect(readAll(gzipSync(spaces), 'bomb.json.gz')).rejects.toThrow('unpacks to more than 200 times');
    await expect(readAll(zipFile({ 'bomb.json': spaces }), 'bomb.zip')).rejects.toThrow(
      'unpacks to more than 200 times',
    );
  });

  it('that is damaged or cut off is refused as such', async () => {
    const gz = gzipSync(JSON.stringify(Array.from({ length: 500 }, (_, at) => record(`${at}`))));
    await expect(readAll(gz.subarray(0, -30), 'a.json.gz')).rejects.toThrow(
      'a.json.gz: the gzip archive is damaged or cut off',
    );
    const zip = zipFile({ 'a.json': JSON.stringify([belt]) });
    await expect(readAll(zip.subarray(0, -30), 'a.zip')).rejects.toThrow('damaged or cut off');
  });
});

describe('a file of another kind', () => {
  it.each([
    ['%PDF-1.7', 'm.pdf', 'a PDF'],
    ["INSERT INTO knowledge_atoms VALUES ('a');", 'd.sql', 'an SQL dump'],
    ['-- dump\nCOPY public.atoms (a) FROM stdin;\n', 'd.sql', 'an SQL dump'],
    ['SQLite format 3\0', 'a.db', 'an SQLite database'],
    ['<?xml version="1.0"?><a/>', 'a.xml', 'an XML file'],
    ['PAR1', 'a.parquet', 'a Parquet file'],
    ['#!/bin/sh\necho', 'a.sh', 'of no known kind'],
  ])('is named, with the way to go: %j', async (text, name, kind) => {
    await expect(readAll(text, name)).rejects.toThrow(`${name}: is ${kind}`);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'formats-'));
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, '.git', 'config.json'), '[{"title":"x","content":"y"}]');
    await writeFile(join(folder, 'README.md'), '# About');
    await writeFile(join(folder, 'a.json'), JSON.stringify([belt]));
    await writeFile(join(folder, 'b.pdf'), '%PDF-1.7');
    await writeFile(join(folder, 'c.zip'), zipFile({ 'c.json': JSON.stringify([{ ...belt, title: 'C' }]) }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('does not stop at the first foreign file', async () => {
    const read: ReadAtom[] = [];
    for await (const each of readAtoms(folder)) read.push(each);
    expect(read).toMatchObject([
      { left: 'is about the other files' },
      { atom: belt },
      { left: expect.stringContaining('a PDF') as string },
      { atom: { title: 'C' } },
    ]);
  });
});
