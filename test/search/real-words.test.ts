import { describe, expect, it } from 'vitest';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import { documentOf, indexBy } from './small-corpus.ts';

const engine = createImportEngine();
await engine.ready?.();
const builder = engine.builder();
[
  'The chopper of the drive',
  'A host computer',
  'The process image',
  'Connect the bar',
  'Loss of signal',
  'An open contact',
  'Shielding and shields, the shielded cable',
  'Grounding of a panel, ground',
  'Das Gehäuse',
  'The mcc room',
].forEach((content) => builder.add(documentOf({ id: content, content })));
const index = engine.load(builder.build().serialise());

describe('an index that knows the words of English', () => {
  it.each(['hopper', 'hoist', 'processor', 'bare', 'boss', 'oven'])(
    'takes no real word for a slip: %s',
    (word) => {
      const result = index.search(word);
      expect(result.didYouMean).toBeUndefined();
      expect(result.missing).toEqual([word]);
    },
  );

  it('asks for a neighbour beside a real word that stands with none of the others', () => {
    const titles = [
      'Safety relay lamp',
      'Safety relay reset fault',
      'Reset the counter',
      'Reset the alarm',
      'The counter is at rest',
      'A host',
      'The level of the bar',
      ...Array.from({ length: 20 }, (_, at) => `Filler ${at}`),
    ];
    const texts = indexBy(
      engine,
      titles.map((title) => ({ id: title, title })),
    );
    const result = texts.search('safety relay wont rest');
    expect(result.hits[0]?.id).toBe('Safety relay reset fault');
    expect(result).not.toHaveProperty('didYouMean');
    expect(texts.search('counter rest').hits[0]?.id).toBe('The counter is at rest');
    expect(texts.search('relay rest').hits.map(({ id }) => id)).not.toContain('Reset the alarm');
    const unknown = texts.search('bare level');
    expect(unknown.missing).toEqual(['bare']);
  });

  it('offers no spelling where two words are as near', () => {
    const texts = indexBy(
      engine,
      ['The device is found', 'Four devices', 'Four wires', 'The button', 'The device'].map((id) => ({
        id,
        content: id,
      })),
    );
    const result = texts.search('device foud');
    expect(result).toMatchObject({ missing: ['foud'], total: 4 });
    expect(result).not.toHaveProperty('didYouMean');
    expect(texts.search('buton device').didYouMean).toBe('button device');
  });

  it.each(['MCCB', 'dLNs'])('corrects no abbreviation: %s', (word) => {
    expect(index.search(word).didYouMean).toBeUndefined();
  });

  it.each([
    ['sheilding', 'shielding'],
    ['groundign', 'grounding'],
    ['gehäsue', 'gehäuse'],
  ])('reads %s as %s, in the spelling of the text, and names it as missing', (typed, meant) => {
    const result = index.search(typed);
    expect(result.didYouMean).toBe(meant);
    expect(result.missing).toEqual([typed]);
    expect(result.total).toBe(1);
  });
});
