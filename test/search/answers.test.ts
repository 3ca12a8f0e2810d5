import { describe, expect, it } from 'vitest';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import { starterIndex } from '../fixtures/starter-index.ts';
import { indexBy, indexOf } from './small-corpus.ts';

// As an import builds it: only a list of words distinguishes a name from a word that no text has.
const engine = createImportEngine();
await engine.ready?.();

const motors = Array.from({ length: 30 }, (_, i) => ({
  id: `note-${i}`,
  title: `Note ${i}`,
  content: 'The motor of the conveyor starts with the pump, as the plan of the line has it.',
}));
const documents = [
  {
    id: 'trip',
    title: 'Drive trips on overcurrent',
    content: 'The drive trips. Look at the cable and the load.',
    facets: { manufacturer: 'generic', family: 'Drive', type: 'fault', safety: 'info' },
  },
  {
    id: 'cpu',
    title: 'CPU 1511 goes to STOP',
    content: 'The CPU stops with OB121.',
    facets: { manufacturer: 'siemens', family: 'S7-1500', type: 'fault', safety: 'info' },
  },
  ...motors,
];
const index = indexBy(engine, documents);

describe('a result', () => {
  it.each([
    'drive trips on overcurrent',
    'why does the drive trip',
    'overcurrent',
    'overcurent trip',
    'CPU 1511 stops',
    'motor and pump',
    'type:fault',
  ])('answers %s', (query) => {
    expect(index.search(query)).toMatchObject({ isAnswer: true, unknownNames: [] });
  });

  it.each([
    ['a model', 'PF525 overcurrent trip', ['PF525']],
    ['a maker', 'Zorbtek drive trips on overcurrent', ['Zorbtek']],
    ['a code', 'drive shows F30002', ['F30002']],
    ['all of them', 'Zorbtek ZX-9000 drive code 4711', ['Zorbtek', 'ZX-9000', '4711']],
  ])('is only near to a question of which it does not know %s', (_what, query, unknownNames) => {
    const result = index.search(query);
    expect(result).toMatchObject({ isAnswer: false, unknownNames });
    expect(result.hits[0]?.id).toBe('trip');
  });

  it.each([
    ['a maker', 'Siemens CPU stops with F30002'],
    ['a family', 'S7-1500 Zorbtek stops'],
    ['a code', 'OB121 Zorbtek stops'],
  ])('answers where it knows %s, and names what it does not know', (_what, query) => {
    const { isAnswer, unknownNames } = index.search(query);
    expect(isAnswer).toBe(true);
    expect(unknownNames).toHaveLength(1);
  });

  it('is only near to a question of whose telling words it has few', () => {
    expect(index.search('overcurrent').isAnswer).toBe(true);
    expect(index.search('hydraulic cylinder drifts while the motor runs').isAnswer).toBe(false);
    expect(index.search('nothing of it').isAnswer).toBe(false);
  });

  it('is only near to a question whose subject another document mentions in passing', () => {
    const aboutValves = 'The valve opens and closes with its spring. '.repeat(40);
    const withCompressor = (title: string): boolean =>
      indexBy(engine, [
        ...documents,
        { id: 'air', title, content: `${aboutValves}Then the compressor runs.` },
        { id: 'low', title: 'Pressure', content: 'The pressure is low where a filter is dirty.' },
        { id: 'high', title: 'High pressure', content: 'The pressure is high.' },
        { id: 'none', title: 'No pressure', content: 'The pressure is gone.' },
      ]).search('the compressor of the line builds no pressure').isAnswer;
    expect(withCompressor('Valves')).toBe(false);
    expect(withCompressor('Valves and their compressor')).toBe(true);
  });

  it('lacks an abbreviation that is spelled like an everyday word, and no word of a question in capitals', () => {
    expect(index.search('UPS of the motor').missing).toEqual(['UPS']);
    expect(index.search('CAN cable').missing).toEqual(['CAN']);
    expect(index.search('can the cable be long').missing).toEqual([]);
    expect(index.search('MY PUMP CAME BACK ON').missing).toEqual([]);
  });

  it('takes no quantity and no word of another language for a name', () => {
    for (const quantity of ['75 percent', '480V', '690 volts'])
      expect(index.search(`overcurrent trip at ${quantity}`).unknownNames).toEqual([]);
    expect(index.search('warum leuchtet der Motor nicht').unknownNames).toEqual([]);
  });

  it('has no unknown names but codes where the index was built without a list of words', () => {
    const emergency = indexOf(...documents);
    expect(emergency.search('Zorbtek drive trips on overcurrent').unknownNames).toEqual([]);
    expect(emergency.search('PF525 overcurrent trip').unknownNames).toEqual(['PF525']);
  });

  it('is counted as far as it is within reach of the best', () => {
    const { total, found } = index.search('overcurrent drive motor');
    expect(total).toBe(motors.length + 1);
    expect(found).toBe(1);
    expect(index.search('motor').found).toBe(motors.length);
    expect(index.search('type:fault')).toMatchObject({ total: 2, found: 2 });
  });
});

describe('the starter articles', () => {
  const starter = starterIndex(engine);

  it.each([
    'kinetix 5700 fault S50',
    'mitsubishi FX3U error led',
    'how much is a PowerFlex 525',
    'Danfoss FC302 alarm 14',
    'Zylinder an der Festo Insel CPX klemmt',
    'did you see the picture i sent whats wrong',
    'how long is the break',
    'where is the key for the green door',
    'compressor does not build up pressure',
    'when is the next maintenance of the packaging machine',
    'UPS does not switch over',
  ])('leave %s without an answer', (query) => {
    expect(starter.search(query).isAnswer).toBe(false);
  });

  it.each([
    'motor overload trips',
    'S7-1200 goes to STOP',
    'contactor buzzing loud',
    'Motor brummt nur und dreht nicht',
    'Not-Halt lässt sich nicht zurücksetzen',
    'module fault 16#0204',
    'machine down where do I start looking',
    'Lichtschranke funktioniert nicht',
  ])('answer %s', (query) => {
    expect(starter.search(query)).toMatchObject({ isAnswer: true, missing: [] });
  });
});
