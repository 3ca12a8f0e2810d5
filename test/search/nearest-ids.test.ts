import { describe, expect, it } from 'vitest';
import { indexOf } from './small-corpus.ts';

const IDS = [
  'allen_bradley:ControlLogix:motor-control',
  'allen_bradley:ControlLogix:how-to-create-a-basic-ladder-logic-program',
  'siemens:S7-1200:motor-control',
  'siemens:generic:table-page1223-0',
  'siemens:generic:table-page1223-1',
  'generic:safety:why-the-stop-is-normally-closed',
];
const index = indexOf(...IDS.map((id) => ({ id })));

describe('nearest ids', () => {
  it.each([
    ['allen_bradley:ControlLogix:motor-contrl', 0],
    ['Allen Bradley:controllogix:motor control', 0],
    ['allen-bradley/ControlLogix/motor-control', 0],
    ['SIEMENS:GENERIC:TABLE-PAGE1223-0', 3],
    ['siemens:generic:table-page12230', 3],
    ['how-to-create-a-basic-ladder-logic-program', 1],
    ['siemens:S71200:motor-control', 2],
    ['why the stop is normally closed', 5],
  ])('for %s begin with the one that was meant', (typed, meant) => {
    expect(index.nearestIds(typed, 3)[0]).toBe(IDS[meant]);
  });

  it('are no more than asked for, and none when nothing is near', () => {
    expect(index.nearestIds('siemens:generic:table', 2)).toHaveLength(2);
    expect(index.nearestIds('siemens:generic:table', 0)).toEqual([]);
    expect(index.nearestIds('zzzz', 5)).toEqual([]);
    expect(index.nearestIds('', 5)).toEqual([]);
  });

  it('are found for an id of any length and make', () => {
    for (const typed of ['x'.repeat(100_000), '\ud800', '\u0000', '::::', '\u{1F527}']) {
      expect(index.nearestIds(typed, 5)).toEqual([]);
    }
  });
});
