import { describe, expect, it } from 'vitest';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import { documentOf } from './small-corpus.ts';

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
