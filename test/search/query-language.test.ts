import { describe, expect, it } from 'vitest';
import { MAX_QUERY_LENGTH } from '../../functions/search/query-language.ts';
import { idsFor, indexOf } from './small-corpus.ts';

const index = indexOf(
  {
    id: 'motor',
    title: 'Motor circuit',
    content: 'An emergency stop cuts the power of the motor.',
    facets: {
      manufacturer: 'allen_bradley',
      family: 'ControlLogix',
      type: 'procedure',
      difficulty: 'beginner',
      safety: 'danger',
    },
  },
  {
    id: 'drive',
    title: 'Drive faults',
    content: 'The motor trips. Stop it before an emergency.',
    facets: {
      manufacturer: 'siemens',
      family: 'SINAMICS G120',
      type: 'fault',
      difficulty: 'expert',
      safety: 'warning',
    },
  },
  {
    id: 'cpu',
    title: 'CPU data',
    content: 'Order number 6ES7 214-1AG40-0XB0',
    facets: { manufacturer: 'siemens', family: 'S7-1200', type: 'specification', safety: 'info' },
  },
);

describe('filters', () => {
  it.each([
    ['manufacturer:allen', 'manufacturer', 'allen_bradley'],
    ['manufacturer:allen_bradley', 'manufacturer', 'allen_bradley'],
    ['manufacturer:Allen-Bradley', 'manufacturer', 'allen_bradley'],
    ['manufacturer:"Allen Bradley"', 'manufacturer', 'allen_bradley'],
    ['manufacturer:“allen brad”', 'manufacturer', 'allen_bradley'],
    ['manufacturer:bradley', 'manufacturer', 'allen_bradley'],
    ['manufacturer:ab', 'manufacturer', 'allen_bradley'],
    ['MANUFACTURER:SIEM', 'manufacturer', 'siemens'],
    ['family:s71200', 'family', 'S7-1200'],
    ['family:"S7 1200"', 'family', 'S7-1200'],
    ['family:g120', 'family', 'SINAMICS G120'],
    ['type:proc', 'type', 'procedure'],
    ['type: fault', 'type', 'fault'],
    ['type:faults', 'type', 'fault'],
    ['type:Procedures', 'type', 'procedure'],
    ['type: specifications', 'type', 'specification'],
    ['safety:warnings', 'safety', 'warning'],
    ['difficulty:beg', 'difficulty', 'beginner'],
    ['safety:warn', 'safety', 'warning'],
  ])('%s completes to %s = %s', (query, name, value) => {
    expect(index.search(query).filters).toEqual([{ name, value }]);
  });

  it('lists the documents when there is nothing but filters', () => {
    expect(index.search('manufacturer:siemens')).toMatchObject({ total: 2, terms: [], unknownFilters: [] });
    expect(idsFor(index, 'manufacturer:siemens what is the')).toEqual(['drive', 'cpu']);
    expect(index.search('manufacturer:siemens', { limit: 1, offset: 1 })).toMatchObject({
      total: 2,
      hits: [{ id: 'cpu' }],
    });
  });

  it('takes several values of one filter as alternatives, and wants every filter to hold', () => {
    expect(idsFor(index, 'type:fault type:procedure')).toEqual(['motor', 'drive']);
    expect(idsFor(index, 'type:fault,procedure manufacturer:siemens')).toEqual(['drive']);
    expect(idsFor(index, 'motor difficulty:expert')).toEqual(['drive']);
  });

  it('does not match documents that lack the facet', () => {
    expect(idsFor(index, 'difficulty:expert difficulty:beginner')).toEqual(['motor', 'drive']);
  });

  it('sets a value that nothing has aside, says so, and what there is', () => {
    const result = index.search('motor type:banana');
    expect(result.unknownFilters).toEqual([
      { name: 'type', typed: 'banana', known: ['procedure', 'fault', 'specification'] },
    ]);
    expect(result.filters).toEqual([]);
    expect(result.total).toBe(2);
  });

  it.each([
    ['type:falut motor', 'type:fault motor'],
    ['manufacturer:simens', 'manufacturer:siemens'],
    ['manufacturer:alen', 'manufacturer:allen_bradley'],
    ['difficulty:begginer the motr', 'difficulty:beginner the motor'],
    ['motor  type:"falut" stop', 'motor type:"fault" stop'],
    ['type: falut motor', 'type: fault motor'],
    ['type:proc,falut,specifcation', 'type:proc,fault,specification'],
    ['MANUFACTURER: "simens" type:falut', 'MANUFACTURER: "siemens" type:fault'],
    ['family:sinamic5 type:falut', 'family:sinamic5 type:fault'],
    ['family:sinamcis', 'family:SINAMICS-G120'],
  ])('offers the value that is meant: %s', (query, offered) => {
    const result = index.search(query);
    expect(result.unknownFilters).not.toEqual([]);
    expect(result.didYouMean).toBe(offered);
    expect(index.search('family:SINAMICS-G120').filters).toEqual([
      { name: 'family', value: 'SINAMICS G120' },
    ]);
  });

  it('offers nothing for a value that is like none', () => {
    for (const query of ['type:banana', 'family:s7-1201', 'safety:inf0', 'manufacturer:xy'])
      expect(index.search(query).didYouMean, query).toBeUndefined();
  });

  it('takes a colon in a sentence for a colon', () => {
    expect(index.search('safety: what does an emergency stop do')).toMatchObject({
      filters: [],
      unknownFilters: [],
    });
    expect(idsFor(index, 'note: motor')).toContain('motor');
  });
});

describe('quoted phrases', () => {
  it('want their words next to one another and in order', () => {
    expect(idsFor(index, '"emergency stop"')).toEqual(['motor']);
    expect(idsFor(index, 'motor "emergency stop"')).toEqual(['motor']);
    expect(idsFor(index, '“emergency stops”')).toEqual(['motor']);
  });

  it('let any word stand for a stopword', () => {
    expect(idsFor(index, '"power of the motor"')).toEqual(['motor']);
    expect(idsFor(index, '"power motor"')).toEqual([]);
  });

  it('find a part number in any spelling', () => {
    expect(idsFor(index, '"6ES7214-1AG40-0XB0"')).toEqual(['cpu']);
    expect(idsFor(index, '"6es7 214 1ag40"')).toEqual(['cpu']);
  });

  it('that nothing has are offered without their quotes', () => {
    expect(index.search('"stop emergency"')).toMatchObject({ total: 0, didYouMean: 'stop emergency' });
  });

  it('are only quotation marks within a whole sentence', () => {
    const query = 'the display of my machine says "stop emergency" and nobody here knows what to do about it';
    expect(index.search(query).total).toBe(2);
  });

  it('of stopwords or without an end restrict nothing', () => {
    expect(idsFor(index, '"of the" motor')).toHaveLength(2);
    expect(idsFor(index, 'motor "emergency')).toHaveLength(2);
  });
});

describe('queries that ask for nothing', () => {
  it.each([
    '',
    '   ',
    'what is the',
    '🙂🙂',
    '???',
    '"',
    '""',
    ':',
    'manufacturer:',
    '\u0000\u0007',
    '\ud800',
  ])('%j finds nothing and breaks nothing', (query) => {
    expect(index.search(query)).toMatchObject({ total: 0, hits: [], terms: [] });
  });

  it('looks at no more of a query than its bound', () => {
    const padding = 'x '.repeat(MAX_QUERY_LENGTH);
    expect(index.search(`${padding} motor`).terms).not.toContain('motor');
  });
});
