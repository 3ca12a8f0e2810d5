import { spache } from 'spache';
import { eng } from 'stopword/src/stopwords_eng.js';
import { describe, expect, it } from 'vitest';
import { GERMAN_TERMS } from '../../functions/search/german-terms.ts';
import { TRADE_TERMS } from '../../functions/search/trade-terms.ts';
import { idsFor, indexOf, indexOfTexts } from './small-corpus.ts';

const NIGHT = 'Somebody changes something at night, and outputs die early.';
const CONTACTOR = 'The contactor chatters.';
const E_STOP = 'Reset the emergency stop.';
const DRIVE = 'The VFD trips on overcurrent.';
const OVERLOAD = 'The overload relay protects the motor.';
const OB = 'OB 35 interrupts the cycle.';
const index = indexOfTexts(NIGHT, CONTACTOR, E_STOP, DRIVE, OVERLOAD, OB);

describe('German terms of the trade', () => {
  it.each([
    ['Schütz', CONTACTOR],
    ['Schütze', CONTACTOR],
    ['SCHÜTZ', CONTACTOR],
    ['Schuetz', CONTACTOR],
    ['Schu\u0308tz', CONTACTOR],
    ['Schütz zieht nicht an', CONTACTOR],
    ['what is a Schütz?', CONTACTOR],
    ['Not-Halt', E_STOP],
    ['Nothalt', E_STOP],
    ['Not-Aus', E_STOP],
    ['NOTAUS', E_STOP],
    ['not aus', E_STOP],
    ['Not-Aus-Taster', E_STOP],
    ['Frequenzumrichter', DRIVE],
    ['Frequenz-Umrichter', DRIVE],
    ['Umrichters', DRIVE],
    ['Überstrom', DRIVE],
    ['Uberstrom', DRIVE],
    ['Überlast', OVERLOAD],
    ['Motorschutz', OVERLOAD],
    ['Motor Schutzschalter', OVERLOAD],
    ['Antrieb', DRIVE],
    ['Antriebe', DRIVE],
    ['quittieren', E_STOP],
    ['Schütz flattert', CONTACTOR],
    ['Not-Aus quittiert nicht', E_STOP],
    ['Überstrom beim Hochlauf', DRIVE],
    ['Staub im Antrieb', DRIVE],
  ])('%s finds the English text', (query, text) => {
    const result = index.search(query);
    expect(result.hits[0]?.id).toBe(text);
    expect(result.didYouMean).toBeUndefined();
  });

  it('are read in a query only, never in a text', () => {
    const texts = indexOfTexts('The motor does not halt.', E_STOP);
    expect(idsFor(texts, 'emergency stop')).toEqual([E_STOP]);
    expect(idsFor(texts, 'does not halt')).toEqual(['The motor does not halt.']);
  });

  it('find German texts as well as English ones', () => {
    const german = 'Das Schütz zieht nicht an, und der Motor steht.';
    expect(idsFor(indexOfTexts(german, CONTACTOR), 'Schütz').sort()).toEqual([german, CONTACTOR].sort());
  });

  it('stand beside what was typed, in a knowledge base of both languages', () => {
    const german = 'Förderband läuft nicht an';
    const breaker = 'Motorschutzschalter tauschen';
    const texts = indexOfTexts(german, breaker, 'The conveyor does not start.', 'Interlock of conveyors');
    for (const query of ['Foerderband', 'Förderband', 'FOERDERBAND läuft nicht an']) {
      expect(idsFor(texts, query)).toContain(german);
    }
    for (const query of ['Schutzschalter', 'Motorschutzschalter']) {
      expect(idsFor(texts, query)).toContain(breaker);
      expect(texts.search(query).missing).toEqual([]);
    }
  });

  it.each([
    ['Drucksensor', 'A pressure sensor reads zero.'],
    ['Motorbremse', 'The motor has a brake.'],
    ['Sensorkabel', 'The cable of a sensor breaks.'],
  ])('are found as the parts of a compound: %s', (query, text) => {
    expect(idsFor(indexOfTexts(text, CONTACTOR), query)).toEqual([text]);
  });

  it('tell an umlaut from its vowel', () => {
    const texts = indexOfTexts(CONTACTOR, 'The protection of people.', 'A lost signal.');
    expect(idsFor(texts, 'Schutz')).toEqual(['The protection of people.']);
    expect(idsFor(texts, 'Schütz löst nicht')).toEqual([CONTACTOR]);
  });

  it('are no English words, and each has one meaning', () => {
    const english = new Set([...spache, ...eng, ...TRADE_TERMS.flatMap(({ forms }) => forms)]);
    const forms = GERMAN_TERMS.flatMap(({ german }) => german);
    expect(forms.filter((form) => english.has(form))).toEqual([]);
    expect(new Set(forms.map((form) => form.replace(/[ -]/g, ''))).size).toBe(forms.length);
  });
});

describe('German function words', () => {
  it.each([
    'der die das und nicht',
    'Wie geht das?',
    'das geht nicht',
    'Was ist mit der Pumpe los?',
    'über für nach',
    'ueber fuer',
  ])('%s finds nothing and is not corrected', (query) => {
    const result = index.search(query);
    expect(result).toMatchObject({ total: 0, hits: [] });
    expect(result.didYouMean).toBeUndefined();
  });

  it('make no difference to the words around them', () => {
    expect(index.search('der Motor und die Pumpe').terms).toEqual(index.search('Motor').terms);
    expect(index.search('warum nicht motor').terms).toEqual(index.search('motor').terms);
  });

  it('list the documents of a filter, as English ones do', () => {
    const filtered = indexOf({ id: 'a' }, { id: 'b' });
    expect(idsFor(filtered, 'manufacturer:siemens was ist das')).toEqual(['a', 'b']);
  });

  it('leave English questions and abbreviations alone', () => {
    expect(idsFor(index, 'why do outputs die')).toEqual([NIGHT]);
    expect(idsFor(index, 'OB 35')[0]).toBe(OB);
    expect(idsFor(index, 'ob 35 wird nicht aufgerufen')[0]).toBe(OB);
    expect(idsFor(index, 'prüfe ob der Motor dreht')).toEqual([OVERLOAD]);
  });

  it('are words like any other where the texts are German', () => {
    const texts = indexOfTexts('Das Relais fällt nicht ab.', 'Nicht ohne Handschuhe.');
    expect(idsFor(texts, 'nicht')).toHaveLength(2);
    expect(idsFor(texts, 'warum fällt das Realis nicht ab')[0]).toBe('Das Relais fällt nicht ab.');
  });
});
