import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/knowledge/content-hash.ts';
import { toSearchDocument } from '../../functions/knowledge/document.ts';
import { MAX_ATOM_BYTES, parseAtom, toRecord } from '../../functions/knowledge/parse-atom.ts';
import { record } from './knowledge-setup.ts';
import { anyCharacter } from '../fixtures/any-character.ts';

function atomOf(fields: Record<string, unknown>) {
  const parsed = parseAtom(record('x', fields));
  if (parsed.atom === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

function atomIn(record: Record<string, unknown>) {
  const parsed = parseAtom(record);
  if (parsed.atom === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

function problemsOf(fields: Record<string, unknown>): Record<string, string> {
  const { problems = [] } = parseAtom(record('x', fields));
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]));
}

describe('an atom', () => {
  it('needs no more than a text', () => {
    const least = { title: 'Belt slips', content: 'Clean and re-tension the belt.' };
    const made = {
      ...least,
      atom_id: 'generic:article:belt-slips',
      atom_type: 'reference',
      manufacturer: 'generic',
      summary: '',
      prerequisites: [],
      related_atoms: [],
      source_pages: [],
      safety_level: 'info',
      keywords: [],
    };
    expect(parseAtom(least)).toMatchObject({ atom: made, hasMadeId: true });
    for (const nothing of [undefined, null, '', '  ']) {
      expect(parseAtom({ ...least, content: nothing }).problems).toEqual([
        { field: 'content', message: 'is required' },
      ]);
      const { title } = parseAtom({ ...least, title: nothing }).atom!;
      expect(title).toBe('Clean and re-tension the belt');
    }
    expect(parseAtom({ ...least, vendor: 'Acme', model: 'X 20' }).atom!.atom_id).toBe('acme:x-20:belt-slips');
  });

  it('keeps every field of an export of the system before', () => {
    const whole = record('x', {
      atom_id: 'allen_bradley:ControlLogix:how to create a program',
      product_family: 'ControlLogix',
      product_version: 'v33',
      difficulty: 'beginner',
      prerequisites: ['a:b:c'],
      related_atoms: ['d:e:f'],
      source_document: '1756-um001.pdf',
      source_pages: [12, '14-15'],
      source_url: 'https://example.com/manual.pdf#page=12',
      quality_score: 0.95,
      safety_level: 'warning',
      safety_notes: 'Lock out first.',
      created_at: '2025-12-09T19:34:12.123456',
      last_validated_at: '2025-12-09 19:34:12.123+00',
    });
    expect(toRecord(atomOf(whole).atom)).toEqual(whole);
  });

  it('is taken under the names and in the shapes that other exports use, and says so where something moved', () => {
    const { atom_id, atom_type, manufacturer, ...rest } = record('x');
    const foreign = {
      ...rest,
      id: atom_id,
      type: 'Procedure',
      vendor: 'Allen-Bradley',
      prereqs: null,
      keywords: 'ladder, , seal-in',
      source_pages: 7,
      difficulty: null,
      code_example: 'XIC Start OTE Run',
      embedding: Array.from({ length: 1536 }, () => 0.1),
      source_url: 'C:\\manuals\\x.pdf',
    };
    const parsed = parseAtom(foreign);
    expect(parsed.atom).toMatchObject({
      atom_id,
      atom_type: 'procedure',
      manufacturer: 'allen_bradley',
      prerequisites: [],
      keywords: ['ladder', 'seal-in'],
      source_pages: [7],
      extra: { source_url: 'C:\\manuals\\x.pdf' },
    });
    expect(atom_type).not.toBe(manufacturer);
    expect(parsed.atom).not.toHaveProperty('difficulty');
    expect(parsed.atom!.content).toMatch(/at length\.\n\nExample:\nXIC Start OTE Run$/);
    expect(parsed.problems).toBeUndefined();
    const notes = parsed.atom === undefined ? [] : parsed.notes;
    expect(new Map(notes.map(({ field, message }) => [field, message]))).toEqual(
      new Map([
        ['embedding', 'is not kept: an embedding has no use here'],
        ['code_example', 'was added to the end of content'],
        ['id', 'was read as atom_id'],
        ['type', 'was read as atom_type'],
        ['vendor', 'was read as manufacturer'],
        ['source_url', 'is not an http(s) address: left out, and kept'],
      ]),
    );
  });

  it('has no id of the number of a row, which another file has too', () => {
    for (const id of [7, '7', ' 12 '])
      expect(parseAtom({ title: 'Belt slips', content: 'Text.', id })).toMatchObject({
        atom: { atom_id: 'generic:article:belt-slips', extra: { id } },
        hasMadeId: true,
      });
  });

  it('keeps a foreign name beside our own as an unknown field', () => {
    const { atom } = atomOf({ id: 17, vendor: 'x', type: 'row', custom: { deep: [1] } });
    expect(atom.extra).toEqual({ id: 17, vendor: 'x', type: 'row', custom: { deep: [1] } });
    expect(parseAtom(toRecord(atom)).atom).toEqual(atom);
  });

  it('has its manufacturer in lower snake case', () => {
    const normalised = (manufacturer: string) => atomOf({ manufacturer }).atom.manufacturer;
    for (const name of ['Allen Bradley', 'allen-bradley', ' ALLEN_BRADLEY ', 'Allen–Bradley®']) {
      expect(normalised(name)).toBe('allen_bradley');
    }
    expect(normalised('Müller & Söhne')).toBe('müller_söhne');
    expect(atomOf({ manufacturer: '®' }).atom).toMatchObject({
      manufacturer: 'generic',
      extra: { manufacturer: '®' },
    });
  });

  it('gives the same atom when its record is imported again, whatever unknown fields it has', () => {
    const unknownFields = fc.dictionary(
      fc.string({ unit: anyCharacter }).filter((name) => name !== '__proto__'),
      fc.jsonValue({ maxDepth: 5, stringUnit: anyCharacter }),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(unknownFields, fc.string({ unit: anyCharacter }), (fields, content) => {
        const asWritten = JSON.stringify({ ...fields, ...record('x', { content: `${content}.` }) });
        const { atom } = parseAtom(JSON.parse(asWritten));
        const again = parseAtom(JSON.parse(JSON.stringify(toRecord(atom!))));
        expect(again.atom).toEqual(atom);
        expect(contentHash(again.atom!)).toBe(contentHash(atom!));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('loses control characters and halves of surrogate pairs, and keeps its lines', () => {
    const { atom } = atomOf({ title: 'Two\nlines\u0000', content: 'a\r\nb\tc\u0007\u009f\ud800!' });
    expect(atom).toMatchObject({ title: 'Two lines', content: 'a\nb\tc\ufffd!' });
  });
});

describe('an id that cannot be a key', () => {
  const idOf = (given: unknown): string => {
    const { atom, notes, hasMadeId } = atomOf({ atom_id: given });
    expect(hasMadeId).toBe(false);
    expect(notes.filter(({ field }) => field === 'atom_id')).toHaveLength(1);
    expect(atom.extra).toEqual({ atom_id: given });
    expect(parseAtom(toRecord(atom)).atom).toEqual(atom);
    expect(atomOf({ atom_id: given }).atom.atom_id).toBe(atom.atom_id);
    expect(atomOf({ atom_id: atom.atom_id }).atom.atom_id).toBe(atom.atom_id);
    return atom.atom_id;
  };

  it('has another one made of it, always the same, and costs nothing', () => {
    expect(atomOf({ atom_id: 'ü'.repeat(256) }).atom.atom_id).toBe('ü'.repeat(256));
    expect(idOf('a\u001b[31m')).toMatch(/^a\[31m~[0-9a-f]{12}$/);
    expect(idOf('a\nb')).toMatch(/^a b~[0-9a-f]{12}$/);
    expect(idOf('a\ud800')).toMatch(/^a\ufffd~[0-9a-f]{12}$/);
    const long = idOf('ü'.repeat(257));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(512);
    expect(long).toMatch(/^ü{249}~[0-9a-f]{12}$/);
    expect(idOf('😀'.repeat(300))).toMatch(/^😀+\ufffd?~[0-9a-f]{12}$/u);
  });

  it('keeps ids apart that look alike without what cannot stand in them', () => {
    const given = [
      'a\nb',
      'a\tb',
      'a\u0007 b',
      'a\ud800',
      'a\ud801',
      `${'x'.repeat(600)}1`,
      `${'x'.repeat(600)}2`,
    ];
    expect(new Set(given.map(idOf)).size).toBe(given.length);
  });

  it('is made of the title where it is no text', () => {
    for (const given of [{ oid: 'x' }, true, '\u0007']) {
      const { atom, hasMadeId } = atomOf({ atom_id: given });
      expect([atom.atom_id, hasMadeId]).toEqual([atomOf({ atom_id: undefined }).atom.atom_id, true]);
    }
  });
});

describe('a field beside the known ones', () => {
  const notesOn = (field: string, fields: Record<string, unknown>): string[] =>
    atomOf(fields)
      .notes.filter((note) => note.field === field)
      .map(({ message }) => message);

  it('that is nested without end costs itself alone', () => {
    for (const nested of ['{"a":'.repeat(5000) + '1' + '}'.repeat(5000), '['.repeat(33) + ']'.repeat(33)]) {
      const deep = JSON.parse(nested) as unknown;
      expect(notesOn('deep', { deep })).toEqual(['is nested deeper than 32 levels: left out']);
      expect(atomOf({ deep, kept: 1 }).atom.extra).toEqual({ kept: 1 });
    }
    const allowed = JSON.parse('['.repeat(31) + ']'.repeat(31)) as unknown;
    expect(atomOf({ allowed }).atom.extra).toEqual({ allowed });
  });

  it('that is too large costs itself alone, the largest first', () => {
    const [huge, large] = ['x'.repeat(MAX_ATOM_BYTES), 'y'.repeat(MAX_ATOM_BYTES / 2)];
    expect(notesOn('huge', { huge, large, small: 1 })).toEqual([
      'makes the atom larger than 350000 bytes: left out',
    ]);
    expect(atomOf({ huge, large, small: 1 }).atom.extra).toEqual({ large, small: 1 });
    expect(atomOf({ huge }).atom.extra).toBeUndefined();
  });
});

describe('a bad atom', () => {
  it('has a problem in words for every field that is wrong', () => {
    expect(
      problemsOf({
        atom_id: 'a\u001b[31m',
        content: [{ a: 1 }],
      }),
    ).toEqual({ content: 'must be text' });
  });

  it('is one that is larger than an item of the store may be, in bytes', () => {
    const almost = 'ü'.repeat(MAX_ATOM_BYTES / 2 - 1000);
    expect(problemsOf({ content: almost })).toEqual({});
    expect(Object.keys(problemsOf({ content: almost + 'x'.repeat(3000) }))).toEqual(['content']);
  });

  it('is one that is no object at all', () => {
    for (const value of [null, 1, 'text', [], [record('x')]]) {
      const [problem, ...more] = parseAtom(value).problems ?? [];
      expect(problem).toMatchObject({ field: '' });
      expect(problem!.message).toContain('must be an object');
      expect(more).toEqual([]);
    }
  });

  it('cannot reach a prototype', () => {
    const hostile = JSON.parse(
      JSON.stringify(record('x')).replace(
        '{',
        '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "nested": {"__proto__": {"polluted": 1}, "kept": 1},',
      ),
    ) as Record<string, unknown>;
    const { atom } = parseAtom(hostile);
    expect(Object.getPrototypeOf(atom)).toBe(Object.prototype);
    expect(Object.hasOwn(atom!.extra!, '__proto__')).toBe(false);
    expect(atom!.extra!.nested).toStrictEqual({ kept: 1 });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(parseAtom({ toString: 1, valueOf: 2, hasOwnProperty: 3 }).problems).toHaveLength(1);
  });
});

describe('a value as others write it', () => {
  const valueOf = (field: string, value: unknown): unknown =>
    atomOf({ [field]: value }).atom[field as 'title'];

  it.each([
    ['{belt,"belt tracking","with \\"quotes\\""}', ['belt', 'belt tracking', 'with "quotes"']],
    ['{}', []],
    ['["a","b c"]', ['a', 'b c']],
    ["['a', 'b']", ['a', 'b']],
    ['[]', []],
    ['a; b; c', ['a', 'b', 'c']],
    ['a, b', ['a', 'b']],
    ['a|b\nc', ['a', 'b', 'c']],
    [
      [{ name: 'x' }, 4],
      ['x', '4'],
    ],
  ])('is a list: %j', (written, entries) => {
    expect(valueOf('keywords', written)).toEqual(entries);
  });

  it('is a list of ids, which may hold a comma', () => {
    expect(valueOf('related_atoms', 'a:b:c, d:e:f')).toEqual(['a:b:c', 'd:e:f']);
    expect(valueOf('related_atoms', 'a:b:c,d:e:f')).toEqual(['a:b:c', 'd:e:f']);
    expect(valueOf('prerequisites', '{"a:b:c",d:e:f}')).toEqual(['a:b:c', 'd:e:f']);
    expect(valueOf('prerequisites', 'a:b:10,5 kW')).toEqual(['a:b:10,5 kW']);
  });

  it.each([
    ['4-6, 9', ['4-6', 9]],
    ['{4,5}', [4, 5]],
    ['S. 12', [12]],
    [{ from: 4, to: 6 }, ['4-6']],
    [7, [7]],
  ])('is pages: %j', (written, pages) => {
    expect(valueOf('source_pages', written)).toEqual(pages);
  });

  it.each([
    ['10.12.2025', '2025-12-10'],
    ['10.12.2025 05:34', '2025-12-10T05:34Z'],
    ['31/12/2025', '2025-12-31'],
    ['12/31/2025', '2025-12-31'],
    ['05/06/2025', undefined],
    ['10. Dezember 2025', '2025-12-10'],
    ['Dec 10, 2025', '2025-12-10'],
    ['Wed, 10 Dec 2025 05:34:12 GMT', '2025-12-10T05:34:12Z'],
    ['2025-12-10 05:34:12+00', '2025-12-10 05:34:12+00'],
    [1_765_344_852, '2025-12-10T05:34:12.000Z'],
    [1_765_344_852_000, '2025-12-10T05:34:12.000Z'],
    [{ $date: '2025-12-10T05:34:12Z' }, '2025-12-10T05:34:12Z'],
    ['31.02.2025', undefined],
    ['10.12.25', '2025-12-10'],
    ['10-Dez-25', '2025-12-10'],
    ['10 décembre 2025', '2025-12-10'],
    ['10 de diciembre de 2025', '2025-12-10'],
    ['December 10, 2025 8:15 AM', '2025-12-10T08:15Z'],
    ['Dec 10, 2025 12:05 pm', '2025-12-10T12:05Z'],
    ['/Date(1765344852000)/', '2025-12-10T05:34:12.000Z'],
    [{ _seconds: 1_765_344_852, _nanoseconds: 0 }, '2025-12-10T05:34:12.000Z'],
    [46_001, '2025-12-10'],
    ['2025-13-40', undefined],
    ['10 Juinet 2025', undefined],
  ])('is a date: %j', (written, date) => {
    expect(valueOf('created_at', written)).toBe(date);
  });

  it.each([
    ['0.85', 0.85],
    ['0,85', 0.85],
    [85, 0.85],
    ['85 %', 0.85],
    ['4/5', 0.8],
    [{ value: '85 %' }, 0.85],
    [5, undefined],
    ['5/4', undefined],
  ])('is a quality: %j', (written, quality) => {
    expect(valueOf('quality_score', written)).toBe(quality);
  });
});

describe('a record that puts fields elsewhere', () => {
  const text = { title: 'Belt slips', content: 'Motor OK' };
  const languageOf = (fields: Record<string, unknown>): string | undefined =>
    toSearchDocument(parseAtom({ ...text, ...fields }).atom!).language;

  it.each([
    { language: 'de' },
    { Sprache: 'de' },
    { inLanguage: 'de' },
    { language: ['de'] },
    { language: { value: 'de' } },
    { metadata: { language: 'de', source: 'x.pdf' } },
    { meta: { lang: 'de' } },
    { attributes: { metadata: { locale: 'de' } } },
    { metadata: '{"language": "de", "page": 4}' },
  ])('declares its language wherever it stands: %j', (fields) => {
    expect(languageOf(fields)).toBe('de');
  });

  it('declares its language without being found by its name', () => {
    const { atom, notes } = atomIn({ ...text, language: 'deutsch', cabinet: 'C7' });
    expect(toSearchDocument(atom)).toMatchObject({ language: 'deutsch', content: 'Motor OK\n\nC7' });
    expect(notes).toContainEqual({
      field: 'language',
      message: 'is kept, and tells in which language the text is',
    });
  });

  it('has them read from there, and the others left there', () => {
    const record = {
      ...text,
      metadata: {
        vendor: 'Siemens',
        page: 4,
        version: '7',
        type: 'pdf',
        labels: { results: [{ name: 'belt' }] },
      },
    };
    const { atom, notes } = atomIn(record);
    expect(atom).toMatchObject({
      manufacturer: 'siemens',
      atom_type: 'reference',
      source_pages: [4],
      keywords: ['belt'],
      extra: { metadata: { version: '7', type: 'pdf' } },
    });
    expect(atom).not.toHaveProperty('product_version');
    expect(notes).toContainEqual({ field: 'metadata.vendor', message: 'was read as manufacturer' });
    expect(parseAtom(toRecord(atom)).atom).toEqual(atom);
  });

  it('has its own fields before those', () => {
    const record = {
      ...text,
      vendor: 'ABB',
      metadata: { manufacturer: 'Siemens', title: 'Manual', id: 'm-1' },
    };
    expect(atomIn(record).atom).toMatchObject({
      title: 'Belt slips',
      manufacturer: 'abb',
      extra: { metadata: { manufacturer: 'Siemens', title: 'Manual' } },
    });
  });
});

describe('a row of a table of faults', () => {
  it.each([
    [{ Code: 'F0001', Description: 'Overcurrent', Remedy: 'Lengthen the ramp.' }, 'F0001: Overcurrent'],
    [{ Störungsnummer: 'F30001', Meldung: 'Überstrom', Ursache: 'Rampe zu kurz' }, 'F30001: Überstrom'],
    [{ 'Fault code': 4, Message: 'Fault 4 of the fan', Remedy: 'Clean it.' }, 'Fault 4 of the fan'],
    [{ Code: 'F0001', Title: 'Overcurrent', Remedy: 'Lengthen the ramp.' }, 'Overcurrent'],
    [{ Code: 'XIC Start OTE Run', Message: 'Motor runs', Text: 'Hold.' }, 'Motor runs'],
    [{ Description: 'Overcurrent', Remedy: 'Lengthen the ramp.' }, 'Overcurrent'],
    [{ Remedy: 'Lengthen the ramp.' }, 'Lengthen the ramp'],
  ])('is called by its code: %j', (row, title) => {
    const { atom } = atomIn(row);
    expect(atom.title).toBe(title);
    expect(parseAtom(toRecord(atom)).atom).toEqual(atom);
  });
});

describe('several makers or models', () => {
  it('are the first maker, and all models', () => {
    expect(atomOf({ manufacturer: ['Siemens', 'ABB'] }).atom).toMatchObject({
      manufacturer: 'siemens',
      extra: { manufacturer: ['Siemens', 'ABB'] },
    });
    const { atom } = atomIn({
      title: 'Belt',
      content: 'Text.',
      vendors: ['Siemens'],
      models: ['S7-1200', 'S7-1500'],
    });
    expect(atom).toMatchObject({ manufacturer: 'siemens', product_family: 'S7-1200, S7-1500' });
  });
});

describe('a text that is marked up', () => {
  it.each([
    [
      '<h2>Fault</h2><p>Belt &amp; pulley&nbsp;slip.</p><ul><li>a</li></ul>',
      'Fault\n\nBelt & pulley slip.\n\n• a',
    ],
    [
      '<table><tr><th>Code</th><th>Is</th></tr><tr><td>F1</td><td>Jam</td></tr></table>',
      '| Code | Is |\n| F1 | Jam |',
    ],
    ['## Codes\n\n**Bold** and _slanted_, ![photo](belt.jpg)', 'Codes\n\nBold and slanted, (picture: photo)'],
    [
      '> [!warning] Danger\n> See [[Motor hums|the hum]] and [[Drive trips]]. ![[photo.png]]',
      'Danger\nSee the hum and Drive trips.',
    ],
    ['a[[1]] := 2', 'a[[1]] := 2'],
    ['- [ ] check\n- [a](https://b.example/c)', '• check\n• a (https://b.example/c)'],
    ['| a | **b** |\n```st\n**x** := 1;\n```', '| a | **b** |\n```st\n**x** := 1;\n```'],
    [
      '2 * 3 * 4, NORM_X, T#5s, 16#0204, a < b, R&D, *ptr',
      '2 * 3 * 4, NORM_X, T#5s, 16#0204, a < b, R&D, *ptr',
    ],
  ])('becomes what a chat can show: %j', (content, shown) => {
    expect(atomOf({ content }).atom.content).toBe(shown);
    expect(atomOf({ content: shown }).atom.content).toBe(shown);
  });

  it('costs no more than its length, however it is made', () => {
    for (const piece of ['<b>', '![', '[a](', '**a', '&amp;', '_', '`', '# ', '<b ']) {
      const startMs = performance.now();
      parseAtom(record('x', { content: piece.repeat(60_000) }));
      expect(performance.now() - startMs).toBeLessThan(10_000);
    }
  });
});
