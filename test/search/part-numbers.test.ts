import { describe, expect, it } from 'vitest';
import { idsFor, indexOf } from './small-corpus.ts';

const CATALOGUE = [
  { id: 'CPU 1214C', content: 'CPU 1214C DC/DC/DC, 6ES7 214-1AG40-0XB0, fourteen inputs' },
  { id: 'CPU 1215C', content: 'CPU 1215C DC/DC/DC, 6ES7215-1AG40-0XB0, fourteen inputs' },
  { id: 'L71', content: 'The controller 1756-L71 has two megabytes' },
  { id: 'L72', content: 'The controller 1756-L72 has four megabytes' },
  { id: 'SM 1222', content: 'SM 1222 DQ 8 x Relay' },
  { id: 'SM 1223', content: 'SM1223 eight inputs and outputs' },
  { id: 'PowerFlex', content: 'PowerFlex 525, 25B-D010N104' },
  { id: 'G120', content: 'SINAMICS G120 6SL3244-0BB12-1FA0' },
];
const index = indexOf(...CATALOGUE);

describe('part and order numbers', () => {
  it.each([
    ['6ES7 214-1AG40-0XB0', 'CPU 1214C'],
    ['6ES7214-1AG40-0XB0', 'CPU 1214C'],
    ['6ES7 214 1ag40', 'CPU 1214C'],
    ['6es72141ag400xb0', 'CPU 1214C'],
    ['6ES7-214-1AG40', 'CPU 1214C'],
    ['6ES7.214.1AG40', 'CPU 1214C'],
    ['what is a 6ES7 215-1AG40-0XB0?', 'CPU 1215C'],
    ['6ES7 215 1AG40', 'CPU 1215C'],
    ['cpu1214c', 'CPU 1214C'],
    ['CPU 1214', 'CPU 1214C'],
    ['1756-L71', 'L71'],
    ['1756 L71', 'L71'],
    ['1756l71', 'L71'],
    ['1756_L72', 'L72'],
    ['SM 1222', 'SM 1222'],
    ['sm1222', 'SM 1222'],
    ['SM-1223', 'SM 1223'],
    ['SM 1223', 'SM 1223'],
    ['25B D010N104', 'PowerFlex'],
    ['25bd010n104', 'PowerFlex'],
    ['6SL3 244-0BB12-1FA0', 'G120'],
    ['6SL32440BB121FA0', 'G120'],
    ['g 120', 'G120'],
  ])('finds %s', (query, id) => {
    expect(idsFor(index, query)[0]).toBe(id);
  });

  it('completes a number typed in part, with all that begin so', () => {
    expect(idsFor(index, '1756-L7').sort()).toEqual(['L71', 'L72']);
  });

  it('never takes one number for another that differs in a digit', () => {
    const result = index.search('1756-L79');
    expect(result.didYouMean).toBeUndefined();
    expect(result.terms).not.toContain('1756l71');
    expect(index.search('SM1229').terms).not.toContain('sm1222');
  });

  it('does not take a range of plain numbers for one number', () => {
    const ranges = indexOf({ id: 'signal', content: '4-20 milliamps' }, { id: 'page', content: 'page 420' });
    expect(idsFor(ranges, '4-20')).toEqual(['signal']);
    expect(idsFor(ranges, '420')).toEqual(['page']);
  });

  it('reads a quantity in words as dictation writes it, and other numbers in words as words', () => {
    const dictated = indexOf(
      { id: 'loop', content: 'A loop of 4 to 20 mA.' },
      { id: 'supply', content: 'A supply of 24 V.' },
      { id: 'mains', content: 'A supply of 230 V.' },
      { id: 'wires', content: 'Two wires, or twenty of them.' },
      { id: 'page', content: 'page 20, page 2' },
    );
    expect(idsFor(dictated, 'four to twenty milliamps')[0]).toBe('loop');
    expect(idsFor(dictated, 'twenty four volt')[0]).toBe('supply');
    expect(idsFor(dictated, 'two hundred thirty volts')[0]).toBe('mains');
    expect(idsFor(dictated, 'twenty')).toEqual(['wires']);
    expect(idsFor(dictated, 'two')).toEqual(['wires']);
  });

  it('finds a quantity with its unit apart or not', () => {
    const supplies = indexOf(
      { id: 'apart', content: 'supply 24 V DC' },
      { id: 'together', content: 'supply 24VDC' },
    );
    expect(idsFor(supplies, '24v').sort()).toContain('apart');
    expect(idsFor(supplies, '24 VDC').sort()).toEqual(['apart', 'together']);
  });

  it.each(['24 volts', '24-volt', '24volts', '24volt', '24V', '24 V', '24-V'])(
    'finds a quantity however its unit is written: %s',
    (query) => {
      for (const content of ['fed with 24 volts', 'a 24-volt supply', 'fed with 24V', 'fed with 24 V.']) {
        expect(
          idsFor(indexOf({ id: 'other', content: '48 inputs' }, { id: 'supply', content }), query)[0],
        ).toBe('supply');
      }
    },
  );

  it.each(['1000V', '1000 V', '1,000 V', '1,000V', '1000 volts', '1\u202f000 V'])(
    'ignores what separates the thousands: %s',
    (query) => {
      for (const content of [
        'up to 1,000 V.',
        'up to 1000V',
        'up to 1,000 volts, or more',
        'up to 1\u00a0000 V',
      ]) {
        const motors = indexOf({ id: 'page', content: 'page 1, line 000' }, { id: 'test', content });
        expect(idsFor(motors, query)[0]).toBe('test');
      }
    },
  );

  it('takes a list of numbers for no number', () => {
    const pages = indexOf({ id: 'list', content: 'pages 1,2,30,456 and 7,8901' });
    for (const query of ['1230456', '30456', '78901']) expect(idsFor(pages, query)).toEqual([]);
    expect(idsFor(pages, '30')).toEqual(['list']);
  });
});

describe('a product that a question names by the way', () => {
  const led = {
    id: 'led',
    title: 'ET200SP LEDs',
    content: 'The LEDs of an ET 200SP.',
    keywords: ['ET200SP'],
  };
  const supply = {
    id: 'supply',
    title: '24 V supply drops',
    content: 'The supply voltage drops when valves switch.',
  };
  const index = indexOf(led, supply, { id: 'other', content: 'Anything else that was written.' });

  it('counts once, so that the symptom decides', () => {
    expect(idsFor(index, 'ET200SP 24V supply drops when valves switch')[0]).toBe('supply');
    expect(idsFor(index, 'ET200SP')[0]).toBe('led');
  });

  it('is a maker or a program as well, which tells little about the answer', () => {
    const timers = { id: 'timers', title: 'Timers in Studio 5000', content: 'A timer of Studio 5000.' };
    const counter = { id: 'counter', title: 'Counter', content: 'A bouncing contact makes it count twice.' };
    const others = Array.from({ length: 9 }, (_, i) => ({ id: `${i}`, content: 'The counter of the line.' }));
    const counters = indexOf(timers, counter, ...others);
    expect(counters.search('Studio 5000 counter counts twice')).toMatchObject({
      isAnswer: true,
      hits: [{ id: 'counter' }, ...Array.from({ length: 4 }, () => ({}))],
    });
    expect(idsFor(counters, 'RSLogix 5000')).toEqual(['timers']);
    expect(idsFor(counters, 'studio 5000 timer')[0]).toBe('timers');
  });
});
