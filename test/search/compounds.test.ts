import { describe, expect, it } from 'vitest';
import { idsFor, indexOfTexts } from './small-corpus.ts';

const OVERCURRENT = 'The drive trips on overcurrent.';
const ARC = 'Read the arc flash label.';
const SEAL_IN = 'The seal-in contact is open.';
const PROFINET = 'A PROFINET device has a name.';
const SCAN = 'The scan cycle of the controller is long.';
const CURRENT = 'Measure the current of the motor.';
const LOOP = 'The current in the loop is too low.';
const index = indexOfTexts(OVERCURRENT, ARC, SEAL_IN, PROFINET, SCAN, CURRENT, LOOP);

describe('compounds written apart', () => {
  it('are found where texts write them together, before texts with one of the words', () => {
    for (const query of ['over current', 'over-current', 'Over Currents']) {
      expect(idsFor(index, query)[0]).toBe(OVERCURRENT);
      expect(idsFor(index, query).sort()).toEqual([OVERCURRENT, CURRENT, LOOP].sort());
    }
  });

  it('are no correction when the index knows their words, and one when it does not', () => {
    expect(index.search('over current').didYouMean).toBeUndefined();
    expect(index.search('profi net name')).toMatchObject({ total: 1, didYouMean: 'profinet name' });
  });

  it('stay apart where texts rather write them so', () => {
    const texts = indexOfTexts('A high speed counter.', 'Set the high speed.', 'A highspeed valve.');
    expect(texts.search('high speed').terms.sort()).toEqual(['high', 'speed']);
    const joined = indexOfTexts('The setpoint.', 'Change the setpoint.', 'Set the last point.');
    expect(joined.search('set point').terms.sort()).toEqual(['point', 'set', 'setpoint']);
  });

  it('are not made of words that stand together by chance', () => {
    const texts = indexOfTexts('Therapist.', 'An intimate talk.', 'Away with it.');
    for (const query of ['the rapist', 'in time', 'a way'])
      expect(texts.search(query), query).toMatchObject({ total: 0 });
  });

  it('lead to the text that a snippet shows', () => {
    const text = `${'The current is measured. '.repeat(10)}It trips on overcurrent. ${'The end. '.repeat(20)}`;
    const texts = indexOfTexts(text);
    expect(texts.snippet(text, texts.search('over current').terms, 60)).toContain('overcurrent');
  });
});

describe('compounds written together', () => {
  it.each([
    ['arcflash', ARC, 'arc flash'],
    ['sealin', SEAL_IN, 'seal in'],
    ['scancycle', SCAN, 'scan cycle'],
    ['ScanCycles', SCAN, 'scan cycles'],
  ])('%s is found where texts write it apart, and offered so', (query, text, offered) => {
    expect(idsFor(index, query)).toContain(text);
    expect(index.search(query).didYouMean).toBe(offered);
    expect(index.search(offered).didYouMean).toBeUndefined();
  });

  it('need a text that has their words side by side', () => {
    expect(index.search('flashlabel').total).toBe(1);
    for (const query of ['arclabel', 'cyclescan', 'contactname', 'thecontact'])
      expect(index.search(query), query).toMatchObject({ total: 0 });
  });

  it('keep the rest of the query as it is', () => {
    expect(index.search('which  arcflash "label"?').didYouMean).toBe('which arc flash "label"?');
  });
});
