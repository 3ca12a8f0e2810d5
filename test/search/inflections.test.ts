import { describe, expect, it } from 'vitest';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import { decodeSnapshot } from '../../functions/search/snapshot.ts';
import { toSearchDocument } from '../../functions/knowledge/document.ts';
import { starterAtoms, starterIndex } from '../fixtures/starter-index.ts';
import { idsFor, indexBy, indexOfTexts } from './small-corpus.ts';

const engine = createImportEngine();
await engine.ready?.();

const TEXTS = {
  german:
    'Das Förderband steht. Prüfen Sie die Sicherung, das Schütz und den Lüfter, und reinigen Sie die Linse.',
  french: 'Le convoyeur ne démarre pas. Vérifiez le disjoncteur et le capteur, qui est sale.',
  spanish: 'La cinta no arranca. Compruebe el interruptor y el motor, el ventilador está sucio.',
  italian: 'Il nastro non parte. Controllare il fusibile e il trasportatore, che è sporco.',
  dutch: 'De transportband start niet. Controleer de zekering en de schakelaar van het paneel.',
  portuguese: 'A esteira não liga. Verifique o disjuntor e o contator, que não estão no painel.',
  russian: 'Конвейер не запускается. Проверьте выключатель и датчик, он не на месте.',
};
const ENGLISH = 'The motor of the conveyor does not start.';
const texts = [...Object.values(TEXTS), ENGLISH];
const index = indexBy(
  engine,
  texts.map((content) => ({ id: content, content })),
);

describe('an inflected word of a text in another language', () => {
  it.each([
    ['Sicherungen', TEXTS.german],
    ['die Linsen reinigen', TEXTS.german],
    ['SICHERUNGEN', TEXTS.german],
    ['Luefters', TEXTS.german],
    ['capteurs', TEXTS.french],
    ['demarrer', TEXTS.french],
    ['interruptores', TEXTS.spanish],
    ['ventiladores sucios', TEXTS.spanish],
    ['fusibili', TEXTS.italian],
    ['trasportatori', TEXTS.italian],
    ['zekeringen', TEXTS.dutch],
    ['esteiras', TEXTS.portuguese],
    ['disjuntores', TEXTS.portuguese],
    ['конвейера', TEXTS.russian],
    ['датчики', TEXTS.russian],
  ])('is found by another form of it: %s', (query, text) => {
    const result = index.search(query);
    expect(result.hits[0]?.id).toBe(text);
    expect(result.missing).toEqual([]);
    expect(result.didYouMean).toBeUndefined();
  });

  it('counts less than the word as it was typed', () => {
    const typed = 'Die Sicherungen sind nicht alle gut.';
    const other = 'Die Sicherung ist nicht ganz so gut.';
    const both = indexBy(engine, [
      { id: other, content: other },
      { id: typed, content: typed },
    ]);
    expect(idsFor(both, 'Sicherungen')).toEqual([typed, other]);
    expect(idsFor(both, 'Sicherung')).toEqual([other, typed]);
  });

  it('is shown in the snippet', () => {
    const text = `${'Das ist nicht wichtig. '.repeat(20)}Die Sicherung ist defekt.${' Das ist nicht wichtig.'.repeat(20)}`;
    const one = indexBy(engine, [{ id: 'a', content: text }]);
    expect(one.snippet(text, one.search('Sicherungen').terms, 80)).toContain('Die Sicherung ist defekt');
  });

  it('leaves the rank of English texts as it was', () => {
    const english = ['The motor stops.', 'The motors stop, the motor is hot.', 'A pump of the line.'];
    const german = 'Der Motor und die Motoren sind nicht so heiß, und das ist gut.';
    const both = indexBy(
      engine,
      [...english, german].map((content) => ({ id: content, content })),
    );
    const alone = (query: string): string[] =>
      idsFor(indexOfTexts(...english, german), query).filter((id) => id !== german);
    for (const query of ['motor', 'motors stop', 'hot motor'])
      expect(idsFor(both, query).filter((id) => id !== german)).toEqual(alone(query));
    expect(both.search('motor').hits[0]?.score).toBeCloseTo(
      indexOfTexts(...english, german).search('motor').hits[0]!.score,
    );
  });
});

describe('an index of English texts alone', () => {
  it('has no ending of another language', () => {
    expect(decodeSnapshot(starterIndex(engine).serialise()).endings.size).toBe(0);
    const english = indexBy(engine, [{ id: 'a', content: ENGLISH }]);
    expect(english.search('motoren').missing).toEqual(['motoren']);
  });
});

describe('a text that is declared to be in a language', () => {
  const few = { id: 'few', title: 'Türen', content: 'Türen ölen' };
  const findsOneDoor = (language: string | undefined): boolean =>
    idsFor(indexBy(engine, [{ ...few, ...(language !== undefined && { language }) }]), 'Tür').length > 0;

  it.each(['de', 'DE', 'de-AT', 'de_DE', 'deu', 'ger', 'German', 'Deutsch'])(
    'is stemmed by it, in however few words: %s',
    (language) => expect(findsOneDoor(language)).toBe(true),
  );

  it.each([undefined, '', 'en', 'English', 'tlh', 'no such language', 'x'.repeat(5_000)])(
    'is not where it is declared as something else, or not: %s',
    (language) => expect(findsOneDoor(language)).toBe(false),
  );

  it('is found out where it is in no known one', () => {
    const endingsOf = (language: string): number =>
      decodeSnapshot(indexBy(engine, [{ id: 'own', content: TEXTS.german, language }]).serialise()).endings
        .size;
    expect(endingsOf('tlh')).toBeGreaterThan(0);
    expect(endingsOf('en')).toBe(0);
  });

  it('says so in a field of its atom that nothing else reads', () => {
    const [atom] = starterAtoms();
    for (const field of ['language', 'Lang', 'locale'])
      expect(toSearchDocument({ ...atom!, extra: { [field]: 'de' } }).language).toBe('de');
    expect(toSearchDocument({ ...atom!, extra: { language: 7 } }).language).toBeUndefined();
  });
});
