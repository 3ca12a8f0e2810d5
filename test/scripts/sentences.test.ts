import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWholeSentence, leansOnPrevious, splitSentences } from '../../functions/scripts/sentences.ts';

describe('the sentence splitter', () => {
  it.each([
    [['Use a tag (e.g., Start).', 'Then save.']],
    [['Choose a maker, e.g. Siemens.', 'Order it.']],
    [['The coil, i.e. The output, drops.', 'It stays off.']],
    [['See terminal No. 5 of the card.', 'Pull the plug.']],
    [['The supply is 24 V DC.', 'The fuse is 2 A.', 'Replace it.']],
    [['It takes 3.5 s at 0.75 mm.', 'Wait.']],
    [['Part 6ES7 214-1AG40-0XB0 replaces 1756-L71.', 'Both fit.']],
    [['The controller asks "who has this name?" and gives it an address.', 'It waits.']],
    [['He called "stop!" and (who?) nobody heard it.', '"Stop" was too late.']],
    [['The address is DB1.DBX0.0 or Local:1:I.Data.0.', 'Read it.']],
    [['1. Open the valve.', '2. Close the valve.']],
    [['Is it on?', 'No.', 'Check the fuse!']],
    [['The firmware is V4.2.', 'Update it.']],
    [['The current is max. 5 A at approx. 40 °C.', 'Cool it.']],
    [['Connect it to phase A.', 'Connect the other to phase B.']],
    [['Rockwell Inc. makes it.', 'Siemens AG does not.']],
    [['Use screws, washers, etc. in the box.', 'Tighten them.']],
  ])('keeps %j apart, and nothing more', (sentences) => {
    expect(splitSentences(sentences.join(' '))).toStrictEqual(sentences);
  });

  it('loses and invents no character but white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(splitSentences(text).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});

describe('a whole sentence', () => {
  it.each([
    'The motor starts.',
    'Is the fuse blown?',
    'Check wiring.',
    '"Ready" is shown on the panel.',
    'The tag MOTOR_START is set to 1 by the button (or the panel).',
    '24 volts DC must be present at the terminal.',
  ])('is %s', (sentence) => {
    expect(isWholeSentence(sentence)).toBe(true);
  });

  it.each([
    'tags to the instructions (e.g., St',
    'The value is given in (see',
    'the motor starts.',
    'The motor',
    'The motor ...',
    'The motor starts…',
    'The following devices are used:',
    '| None | None | yes |',
    'SM 1222 DQ 8 x Relay.',
    'Rated voltage 24 volts Output current 2 amps Number 8.',
    'See the table below for the ratings.',
    'The ratings are shown in figure 3.',
    'The file is at https://example.com for you.',
    'The value is None, None and so on.',
    `The ${'x'.repeat(41)} is long.`,
    'The quote is "open.',
    'Level := Raw is the assignment.',
    '1. Open the valve.',
  ])('is not %s', (sentence) => {
    expect(isWholeSentence(sentence)).toBe(false);
  });
});

describe('a sentence that points back', () => {
  it.each([
    'It must hum.',
    'For ten motors put this logic into an Add-On Instruction.',
    'Write these values down before you go on.',
    'Only then begin the work.',
    'With such a valve the tank overflows.',
  ])('is %s', (sentence) => {
    expect(leansOnPrevious(sentence)).toBe(true);
  });

  it.each([
    'A register has 16 bits, and these bits are numbered from 0.',
    'If the motor stops, go through these points.',
    'Know what this procedure is good for.',
    'The motor that hums has lost a phase.',
  ])('is not %s', (sentence) => {
    expect(leansOnPrevious(sentence)).toBe(false);
  });
});
