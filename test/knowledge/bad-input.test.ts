import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sheetOf, workbook, zipFile } from '../fixtures/zip-file.ts';
import { readOrRefusal, record, textFile } from './knowledge-setup.ts';

describe('an archive', () => {
  const spaces = (bytes: number): Buffer => Buffer.alloc(bytes, ' ');

  it('of many files that are harmless one by one is refused by its table of contents', async () => {
    const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.json`, spaces(15_000_000)]));
    const zip = zipFile({ 'good.json': JSON.stringify([record('a')]), ...files });
    expect(await readOrRefusal(textFile(zip, 'bomb.zip'))).toContain(
      'bomb.zip: unpacks to more than 200 times',
    );
  });

  it('within an archive is not unpacked, whatever its name', async () => {
    const atoms = JSON.stringify([record('a')]);
    const inner = { 'b.zip': zipFile({ x: atoms }), c: zipFile({ x: atoms }), 'd.json': gzipSync(atoms) };
    const found = await readOrRefusal(textFile(zipFile({ 'a.json': atoms, ...inner }), 'nested.zip'));
    const left = 'is an archive within an archive: unpack it once';
    expect(found).toMatchObject([
      { atom: { title: 'About a' } },
      { position: { file: 'nested.zip/b.zip' }, left, isBroken: true },
      { position: { file: 'nested.zip/c' }, left, isBroken: true },
      { position: { file: 'nested.zip/d.json' }, left, isBroken: true },
    ]);
    for (const [name, bytes] of Object.entries(inner))
      expect(await readOrRefusal(textFile(gzipSync(bytes), `${name}.gz`))).toContain(left);
  });

  it('may hold a workbook, but none with more cells than an import has memory for', async () => {
    const small = workbook([
      ['Title', 'Text'],
      ['Belt slips', 'Tension it.'],
    ]);
    expect(await readOrRefusal(textFile(zipFile({ 'a.xlsx': small }), 'a.zip'))).toMatchObject([
      { atom: { title: 'Belt slips' }, as: 'Excel' },
    ]);
    const cell = (place: string): string => `<c r="${place}" t="inlineStr"><is><t>x</t></is></c>`;
    const far = sheetOf(`<row r="1">${cell('A1')}</row><row r="1048576">${cell('XFD1048576')}</row>`);
    expect(await readOrRefusal(textFile(far, 'far.xlsx'))).toContain(
      'a sheet of 1048576 rows and 16384 columns',
    );
  });
});

describe('a file that lies about its encoding', () => {
  const german = {
    'a.json': JSON.stringify([{ title: 'Förderband läuft schief', content: 'Rolle prüfen: 5 €.' }]),
    'a.csv': 'Titel;Text\r\nFörderband läuft schief;Rolle prüfen: 5 €.\r\n',
    'a.md': '# Förderband läuft schief\n\nRolle prüfen: 5 €.\n',
    'a.txt': 'Förderband läuft schief\n\nRolle prüfen: 5 €.\n',
  };
  const chinese = {
    'a.json': JSON.stringify([{ title: '变频器过电压', content: '检查制动电阻。'.repeat(60) }]),
    'a.csv': `title,content\n变频器过电压,${'检查制动电阻。'.repeat(60)}\n`,
    'a.md': `# 变频器过电压\n\n${'检查制动电阻。'.repeat(60)}`,
  };
  const [utf8Mark, utf16Mark] = [Buffer.from('\ufeff'), Buffer.from([0xff, 0xfe])];
  const windows = (text: string): Buffer => Buffer.from(text.replaceAll('€', '\x80'), 'latin1');
  const lies: [string, Record<string, string>, (text: string) => Buffer][] = [
    ['the mark of UTF-8 before UTF-8', german, (text) => Buffer.concat([utf8Mark, Buffer.from(text)])],
    ['the mark of UTF-8 before Windows-1252', german, (text) => Buffer.concat([utf8Mark, windows(text)])],
    ['the mark of UTF-16 before UTF-8', german, (text) => Buffer.concat([utf16Mark, Buffer.from(text)])],
    ['UTF-16 without a mark', german, (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16 without a mark and hardly a Latin letter', chinese, (text) => Buffer.from(text, 'utf16le')],
    ['the mark of UTF-8 before Chinese', chinese, (text) => Buffer.concat([utf8Mark, Buffer.from(text)])],
  ];
  it.each(lies)('is read by its bytes: %s', async (_, files, encode) => {
    for (const [name, text] of Object.entries(files)) {
      const isGerman = files === german;
      expect(await readOrRefusal(textFile(encode(text), name))).toMatchObject([
        {
          atom: {
            title: isGerman ? 'Förderband läuft schief' : '变频器过电压',
            content: expect.stringMatching(isGerman ? /^Rolle prüfen: 5 €\.$/ : /^检查制动电阻。/) as string,
          },
        },
      ]);
    }
  });

  it('is read as its page declares only where it is not UTF-8', async () => {
    const page = (charset: string): string =>
      `<html><head><meta charset="${charset}"><title>Band</title></head><body><p>läuft прямо</p></body></html>`;
    const cyrillic = Buffer.from(
      page('windows-1251').replace('läuft прямо', '\xef\xf0\xff\xec\xee'),
      'latin1',
    );
    expect(await readOrRefusal(textFile(cyrillic, 'a.html'))).toMatchObject([{ atom: { content: 'прямо' } }]);
    expect(await readOrRefusal(textFile(page('windows-1251'), 'a.html'))).toMatchObject([
      { atom: { content: 'läuft прямо' } },
    ]);
    const latin = windows(page('utf-8').replace(' прямо', ''));
    expect(await readOrRefusal(textFile(latin, 'a.html'))).toMatchObject([{ atom: { content: 'läuft' } }]);
  });

  it('in an encoding that cannot be recognised is refused, not read as nonsense', async () => {
    const shiftJis = Buffer.from([
      0x83, 0x78, 0x83, 0x8b, 0x83, 0x67, 0x82, 0xaa, 0x8a, 0x8a, 0x82, 0xe9, 0x81, 0x41,
    ]);
    const dos = Buffer.from('pr\x81fen', 'latin1');
    for (const text of [shiftJis, dos]) {
      const bytes = Buffer.concat([Buffer.from('# Belt\n\n'), text]);
      expect(await readOrRefusal(textFile(bytes, 'a.md'))).toContain('save it as UTF-8');
    }
    const utf32 = Buffer.concat(
      [...'\ufeff# Belt'].map((each) =>
        Buffer.from([each.charCodeAt(0) & 255, each.charCodeAt(0) >> 8, 0, 0]),
      ),
    );
    expect(await readOrRefusal(textFile(utf32, 'a.md'))).toBe(
      'a.md: is text in UTF-32: save it as UTF-8, and import that',
    );
  });
});

it('An atom of 400 kB is refused by its field, with the way to go, and the others are taken', async () => {
  const found = await readOrRefusal(
    textFile(JSON.stringify([record('a'), record('big', { content: 'ü'.repeat(200_000) })])),
  );
  expect(found).toMatchObject([
    { atom: { title: 'About a' } },
    {
      problems: [
        {
          atomId: 'siemens:s7-1200:big',
          field: 'content',
          message:
            'makes the atom larger than 350000 bytes: this field alone has 400002. Split it into several atoms',
        },
      ],
    },
  ]);
});

it('A table of ten thousand columns costs a hundred notes and one for the rest', async () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `c${at}`);
  const found = await readOrRefusal(
    textFile(`title,content,${names.join(',')}\nBelt,Tension it.,${names.join(',')}\n`, 'w.csv'),
  );
  const [{ atom, notes = [] } = {}] = found as { atom?: { extra?: object }; notes?: { field: string }[] }[];
  expect(Object.keys(atom!.extra!)).toHaveLength(10_000);
  expect(notes.map(({ field }) => field).filter((field) => /^c\d|further/.test(field))).toEqual([
    ...names.slice(0, 100),
    '9900 further fields',
  ]);
});
