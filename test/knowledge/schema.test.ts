import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/knowledge/content-hash.ts';
import { MAX_ATOM_BYTES, parseAtom, toRecord } from '../../functions/knowledge/schema.ts';
import { record } from './knowledge-setup.ts';

function atomOf(fields: Record<string, unknown>) {
  const parsed = parseAtom(record('x', fields));
  if (parsed.atom === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

function problemsOf(fields: Record<string, unknown>): Record<string, string> {
  const { problems = [] } = parseAtom(record('x', fields));
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]));
}

describe('an atom', () => {
  it('needs no more than id, type, title, content and manufacturer', () => {
    const least = { atom_id: 'a:b:c', atom_type: 'fault', title: 'T', content: 'C', manufacturer: 'siemens' };
    expect(parseAtom(least).atom).toEqual({
      ...least,
      summary: '',
      prerequisites: [],
      related_atoms: [],
      source_pages: [],
      safety_level: 'info',
      keywords: [],
    });
    for (const field of Object.keys(least)) {
      for (const nothing of [undefined, null, '', '  ']) {
        expect(parseAtom({ ...least, [field]: nothing }).problems).toEqual([
          { field, message: 'is required' },
        ]);
      }
    }
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
    expect('notes' in parsed && parsed.notes.map(({ field }) => field)).toEqual([
      'embedding',
      'code_example',
      'source_url',
    ]);
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
    expect(problemsOf({ manufacturer: '®' })).toEqual({ manufacturer: 'must contain a letter or a digit' });
  });

  it('gives the same atom when its record is imported again, whatever unknown fields it has', () => {
    const unknownFields = fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
      fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(unknownFields, fc.string({ unit: 'binary' }), (fields, content) => {
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

describe('a bad atom', () => {
  it('is told every field that is wrong, in words', () => {
    const problems = problemsOf({
      atom_type: 'recipe\u001b[31m',
      title: 7,
      difficulty: 'godlike',
      quality_score: 95,
      source_pages: [1, { from: 2 }],
      keywords: ['ok', ['nested']],
      prerequisites: { a: 1 },
      created_at: 'yesterday',
      safety_level: 'deadly',
    });
    expect(problems).toEqual({
      atom_type:
        'must be one of concept, procedure, specification, pattern, fault, reference, not "recipe[31m"',
      title: 'must be text',
      difficulty: 'must be one of beginner, intermediate, advanced, expert, not "godlike"',
      quality_score: 'must be between 0 and 1',
      'source_pages[1]': 'must be a whole number or a short text',
      'keywords[1]': 'must be text',
      prerequisites: 'must be a list',
      created_at: 'must be a date in ISO 8601, e.g. 2026-01-31T12:00:00Z',
      safety_level: 'must be one of info, caution, warning, danger, not "deadly"',
    });
  });

  it('is one whose id would not fit a key, or not be seen as it is', () => {
    expect(problemsOf({ atom_id: 'ü'.repeat(256) })).toEqual({});
    expect(problemsOf({ atom_id: 'ü'.repeat(257) })).toEqual({
      atom_id: 'must not be longer than 512 bytes',
    });
    expect(problemsOf({ atom_id: 'a\nb' })).toEqual({ atom_id: 'must not contain control characters' });
    expect(problemsOf({ atom_id: 'a\ud800' })).toEqual({ atom_id: 'must be valid Unicode' });
  });

  it('is one that is larger than an item of the store may be, in bytes', () => {
    const almost = 'ü'.repeat(MAX_ATOM_BYTES / 2 - 1000);
    expect(problemsOf({ content: almost })).toEqual({});
    expect(Object.keys(problemsOf({ content: almost + 'x'.repeat(3000) }))).toEqual(['content']);
    expect(Object.keys(problemsOf({ unknown_table: [almost, almost] }))).toEqual(['unknown_table']);
    expect(problemsOf({ keywords: Array.from({ length: 501 }, () => 'k') })).toEqual({
      keywords: 'must not have more than 500 entries',
    });
  });

  it('is one that is nested without end, or no object at all', () => {
    const deep = JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)) as unknown;
    expect(problemsOf({ deep })).toEqual({ '': 'must not be nested deeper than 32 levels' });
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
    expect(parseAtom({ toString: 1, valueOf: 2, hasOwnProperty: 3 }).problems).toHaveLength(5);
  });
});
