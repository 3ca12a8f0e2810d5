import { describe, expect, it } from 'vitest';
import { idsFor, indexOf, indexOfTexts } from './small-corpus.ts';

describe('ranking', () => {
  it('finds a word in any of its inflections', () => {
    const index = indexOfTexts('The motor is starting.', 'Motors were started twice.', 'A valve closes.');
    expect(idsFor(index, 'start motor')).toHaveLength(2);
    expect(idsFor(index, 'closing valves')).toEqual(['A valve closes.']);
  });

  it('puts a word in the title before the same word in the content', () => {
    const index = indexOf(
      { id: 'content', title: 'Wiring of inputs', content: 'contactor' },
      { id: 'title', title: 'Contactor', content: 'wiring of inputs' },
    );
    expect(idsFor(index, 'contactor')).toEqual(['title', 'content']);
  });

  it('finds what only the keywords, only the summary or only the facets say', () => {
    const index = indexOf(
      { id: 'keyword', keywords: ['jogging', 'inching'] },
      { id: 'summary', summary: 'About encoders.' },
      {
        id: 'facet',
        facets: { manufacturer: 'allen_bradley', family: 'ControlLogix', type: 'fault', safety: 'info' },
      },
    );
    expect(idsFor(index, 'inching')).toEqual(['keyword']);
    expect(idsFor(index, 'encoder')).toEqual(['summary']);
    expect(idsFor(index, 'controllogix bradley')).toEqual(['facet']);
  });

  it('asks for any of the words, and puts documents with more of them first', () => {
    const index = indexOfTexts('relay wiring diagram', 'relay', 'pump');
    expect(idsFor(index, 'relay wiring turbine')).toEqual(['relay wiring diagram', 'relay']);
  });

  it('weighs a rare word above a common one', () => {
    const common = Array.from({ length: 20 }, (_, i) => `timer number ${i}`);
    const index = indexOfTexts(...common, 'watchdog alarm');
    expect(idsFor(index, 'timer watchdog')[0]).toBe('watchdog alarm');
  });

  it('weighs a word above a product name or a number as rare', () => {
    for (const name of ['ET200SP', '5000', 'PF525']) {
      const index = indexOfTexts(
        `The ${name} was delivered.`,
        'The counter was delivered.',
        'A pump was delivered.',
      );
      expect(idsFor(index, `${name} counter`)).toEqual([
        'The counter was delivered.',
        `The ${name} was delivered.`,
      ]);
    }
  });

  it('counts a word as often as the query repeats it', () => {
    const index = indexOfTexts('pump', 'valve');
    expect(idsFor(index, 'pump valve valve')[0]).toBe('valve');
    expect(idsFor(index, 'pump pump valve')[0]).toBe('pump');
  });

  it('rewards words that are neighbours, in the order of the query', () => {
    const index = indexOfTexts(
      'the wire of the motor broke before the overload',
      'overload of the motor wire',
    );
    expect(idsFor(index, 'motor wire')[0]).toBe('overload of the motor wire');
  });

  it('does not take the end of one field and the start of the next for neighbours', () => {
    const index = indexOf(
      { id: 'apart', title: 'motor', summary: 'wire', content: 'x' },
      { id: 'together', title: 'wire', summary: 'x', content: 'motor wire' },
    );
    const [first] = index.search('motor wire').hits;
    expect(first?.id).toBe('together');
  });

  it('keeps the order of the documents among equals', () => {
    const index = indexOf(...['c', 'a', 'b'].map((id) => ({ id, content: 'same text' })));
    expect(idsFor(index, 'text')).toEqual(['c', 'a', 'b']);
  });

  it('finds nothing that has none of the words, however much it resembles the best hits', () => {
    const index = indexOf(
      { id: 'hit', content: 'drive fault overcurrent cable motor' },
      { id: 'alike', content: 'fault overcurrent cable motor' },
      { id: 'other', content: 'drive manual' },
    );
    expect(idsFor(index, 'drive').sort()).toEqual(['hit', 'other']);
  });

  it('moves up what resembles the best hits', () => {
    const filler = Array.from({ length: 12 }, (_, i) => ({ id: `filler-${i}`, content: `page ${i}` }));
    const index = indexOf(
      { id: 'best', title: 'Profinet', content: 'profinet topology ports cables switch' },
      { id: 'unlike', content: 'profinet cafeteria opening hours menu' },
      { id: 'alike', content: 'profinet topology ports cables menu' },
      ...filler,
    );
    expect(idsFor(index, 'profinet')).toEqual(['best', 'alike', 'unlike']);
  });

  it('gives every hit on exactly one page, beyond the depth that is reranked too', () => {
    const documents = Array.from({ length: 300 }, (_, i) => ({
      id: `d${i}`,
      content: 'relay '.repeat(1 + (i % 7)),
    }));
    const index = indexOf(...documents);
    const seen: string[] = [];
    for (let offset = 0; offset < 300; offset += 7) {
      const { total, hits } = index.search('relay', { limit: 7, offset });
      expect(total).toBe(300);
      seen.push(...hits.map(({ id }) => id));
    }
    expect(new Set(seen).size).toBe(300);
    expect(seen).toHaveLength(300);
    expect(idsFor(index, 'relay')).toEqual(seen.slice(0, 100));
  });

  it('returns five hits unless told otherwise, with title, facets and falling scores', () => {
    const facets = {
      manufacturer: 'allen_bradley',
      family: 'Logix',
      type: 'fault',
      difficulty: 'expert',
      safety: 'danger',
    };
    const index = indexOf(
      ...Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, title: 'Arc flash', facets })),
    );
    const { total, hits } = index.search('arc');
    expect(total).toBe(8);
    expect(hits).toHaveLength(5);
    expect(hits[0]).toMatchObject({ id: '0', title: 'Arc flash', facets });
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    expect(hits[0]!.score).toBeGreaterThan(0);
  });

  it('looks up documents by ordinal and ordinals by exact id', () => {
    const index = indexOf(
      { id: 'b:Ü x', title: 'B' },
      { id: 'a', title: 'A' },
      { id: '\u{1F527}', title: 'Wrench' },
    );
    expect(index.size).toBe(3);
    expect(['b:Ü x', 'a', '\u{1F527}', 'c', ''].map((id) => index.ordinalOf(id))).toEqual([0, 1, 2, -1, -1]);
    expect(index.document(2)).toMatchObject({ id: '\u{1F527}', title: 'Wrench' });
    expect(() => index.document(3)).toThrow(RangeError);
  });

  it('refuses a second document of the same id', () => {
    expect(() => indexOf({ id: 'twice' }, { id: 'twice' })).toThrow('"twice" was added twice');
  });

  it('searches an index without documents', () => {
    const index = indexOf();
    expect(index.search('motor')).toMatchObject({ total: 0, hits: [] });
    expect(index.nearestIds('motor', 5)).toEqual([]);
    expect(index.ordinalOf('motor')).toBe(-1);
  });
});
