import { describe, expect, it } from 'vitest';
import { TRADE_TERMS } from '../../functions/search/trade-terms.ts';
import { idsFor, indexOfTexts } from './small-corpus.ts';

describe('abbreviations and synonyms of the trade', () => {
  it.each([
    ['PB', 'Press the push button.'],
    ['push button', 'The PB is green.'],
    ['pushbutton', 'Press the push-button.'],
    ['e-stop', 'Test the emergency stop weekly.'],
    ['estop', 'An E-Stop must be latching.'],
    ['emergency stop', 'Reset the EStop.'],
    ['VFD', 'The frequency converter trips.'],
    ['vfd', 'The drive trips.'],
    ['frequency converter', 'A VFD saves energy.'],
    ['variable speed drive', 'Every VFD hums.'],
    ['DI', 'A digital input needs 24 volts.'],
    ['digital input', 'DI 8 x 24 volts'],
    ['analog input', 'AI 4 x 13 bit'],
    ['analogue', 'An analog value.'],
    ['DO wiring', 'A digital output drives the lamp.'],
    ['do module', 'A digital output drives the lamp.'],
    ['NC', 'The stop is normally closed.'],
    ['normally closed', 'An NC contact.'],
    ['NO or NC', 'A normally open start.'],
    ['normally open', 'Use the NO contact.'],
    ['hmi', 'The operator panel is dark.'],
    ['OB', 'An organization block runs.'],
    ['FB', 'Call the function block.'],
    ['DB', 'Open the data block.'],
    ['SCL', 'Write structured text.'],
    ['LAD', 'Draw a ladder.'],
    ['ladder', 'Written in LAD.'],
    ['plc', 'A programmable logic controller scans.'],
    ['io', 'The I/O rack.'],
  ])('%s finds "%s"', (query, text) => {
    const index = indexOfTexts('Grease the bearing.', 'Paint is blue.', text);
    expect(idsFor(index, query)).toContain(text);
  });

  it('puts the spelling that was typed first', () => {
    const index = indexOfTexts('The frequency converter trips.', 'The VFD trips again.');
    expect(idsFor(index, 'vfd')).toEqual(['The VFD trips again.', 'The frequency converter trips.']);
  });

  it('leaves ordinary words alone', () => {
    const index = indexOfTexts(
      'A normally open start.',
      'A digital output drives the lamp.',
      'Reset the counter.',
    );
    expect(idsFor(index, 'how do I reset it')).toEqual(['Reset the counter.']);
    expect(idsFor(index, 'no signal after reset')).toEqual(['Reset the counter.']);
    expect(idsFor(index, 'there is no reset')).toEqual(['Reset the counter.']);
    expect(idsFor(index, 'DO NOT RESET')).toEqual(['Reset the counter.']);
  });

  it('leaves ordinary words in documents alone', () => {
    const index = indexOfTexts('There is no relay. Do it.', 'WARNING: DO NOT OPEN.');
    expect(idsFor(index, 'normally open contactor')).not.toContain('There is no relay. Do it.');
    expect(idsFor(index, 'digital output')).toEqual([]);
  });

  it('has every id once, and every form once', () => {
    const ids = TRADE_TERMS.map(({ id }) => id);
    const forms = TRADE_TERMS.flatMap(({ forms, ambiguous }) => [
      ...forms,
      ...(ambiguous ? [ambiguous.form] : []),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(forms).size).toBe(forms.length);
  });
});
