import { describe, expect, it } from 'vitest';
import { AtomCache } from '../../functions/knowledge/atom-cache.ts';
import type { Atom } from '../../functions/knowledge/atom.ts';

const atom = (content: string): Atom => ({ content }) as Atom;
const size = JSON.stringify(atom('x'.repeat(100))).length;
const large = (letter: string): Atom => atom(letter.repeat(100));

describe('the cache of atoms', () => {
  it('forgets what was asked for longest ago when it is full', () => {
    const cache = new AtomCache(2 * size);
    cache.keep('a', large('a'));
    cache.keep('b', large('b'));
    expect(cache.get('a')).toEqual(large('a'));
    cache.keep('c', large('c'));
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.content[0])).toEqual(['a', undefined, 'c']);
  });

  it('counts an atom once that is kept twice', () => {
    const cache = new AtomCache(2 * size);
    for (let time = 0; time < 5; time += 1) cache.keep('a', large('a'));
    cache.keep('b', large('b'));
    expect(cache.get('a')).toBeDefined();
    expect(cache.get('b')).toBeDefined();
  });

  it('leaves alone what it holds for an atom that is larger than itself', () => {
    const cache = new AtomCache(2 * size);
    cache.keep('a', large('a'));
    cache.keep('huge', atom('x'.repeat(3 * size)));
    expect(cache.get('a')).toBeDefined();
    expect(cache.get('huge')).toBeUndefined();
  });
});
