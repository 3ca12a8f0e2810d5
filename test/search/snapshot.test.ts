import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bm25Engine } from '../../functions/search/engine.ts';
import { CorruptSnapshotError, type SearchDocument } from '../../functions/search/port.ts';
import { documentOf } from './small-corpus.ts';

function snapshotOf(documents: readonly SearchDocument[]): Uint8Array {
  const builder = bm25Engine.builder();
  for (const document of documents) builder.add(document);
  return builder.build().serialise();
}

const WORDS = [
  'motor',
  'valve',
  'relay',
  '6ES7 214-1AG40',
  'starting',
  'PB',
  'wörk',
  '\u{1F527}',
  'the',
  '24 V',
];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const documents = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ unit: 'grapheme', maxLength: 12 }),
      title: text,
      summary: text,
      content: text,
    }),
    {
      selector: ({ id }) => id,
      maxLength: 12,
    },
  )
  .map((some) => some.map(documentOf));
const SNAPSHOT = snapshotOf(
  Array.from({ length: 40 }, (_, i) =>
    documentOf({ id: `atom:${i}`, title: `Motor ${i}`, content: WORDS.slice(i % 7).join(' ') }),
  ),
);

describe('snapshot', () => {
  it('gives back an index that answers as the one it was taken of', () => {
    fc.assert(
      fc.property(documents, text, (some, query) => {
        const builder = bm25Engine.builder();
        some.forEach((document) => builder.add(document));
        const built = builder.build();
        const loaded = bm25Engine.load(built.serialise());
        expect(loaded.size).toBe(some.length);
        expect(loaded.search(query, { limit: 20 })).toEqual(built.search(query, { limit: 20 }));
        some.forEach(({ id, title }, i) => {
          expect(loaded.ordinalOf(id)).toBe(i);
          expect(loaded.document(i)).toMatchObject({ id, title });
        });
        expect(Buffer.compare(loaded.serialise(), built.serialise())).toBe(0);
      }),
    );
  });

  it('finds every document by every word of it', () => {
    fc.assert(
      fc.property(documents, (some) => {
        const index = bm25Engine.load(snapshotOf(some));
        for (const word of ['motor', 'valve', 'relay', 'starting', 'wörk']) {
          const having = some.filter((document) =>
            `${document.title} ${document.summary} ${document.content}`.includes(word),
          );
          const found = index.search(word, { limit: 20 }).hits.map(({ id }) => id);
          expect(found.sort()).toEqual(having.map(({ id }) => id).sort());
        }
      }),
    );
  });

  it('is the same for the same documents', () => {
    const again = Array.from({ length: 2 }, () =>
      snapshotOf([documentOf({ id: 'a', title: 'Motor' }), documentOf({ id: 'b' })]),
    );
    expect(again[0]).toEqual(again[1]);
  });

  it('loads from the middle of a larger buffer', () => {
    for (const shift of [1, 2, 3, 4]) {
      const buffer = Buffer.alloc(SNAPSHOT.length + 8);
      buffer.set(SNAPSHOT, shift);
      const index = bm25Engine.load(buffer.subarray(shift, shift + SNAPSHOT.length));
      expect(index.size).toBe(40);
      expect(index.serialise()).toEqual(SNAPSHOT);
    }
  });

  it('is handed out as a copy, so that nobody can write to the index', () => {
    const index = bm25Engine.load(SNAPSHOT.slice());
    const before = index.search('motor');
    index.serialise().fill(0);
    expect(index.search('motor')).toEqual(before);
  });

  it('is refused when cut off anywhere', () => {
    for (let length = 0; length < SNAPSHOT.length; length += length < 200 ? 1 : 37) {
      expect(() => bm25Engine.load(SNAPSHOT.slice(0, length))).toThrow(CorruptSnapshotError);
    }
  });

  it('is refused with anything appended', () => {
    expect(() => bm25Engine.load(Buffer.concat([SNAPSHOT, Buffer.alloc(4)]))).toThrow(CorruptSnapshotError);
  });

  it('is refused when any one bit of its header is flipped', () => {
    for (let bit = 0; bit < 16 * 8; bit++) {
      const damaged = SNAPSHOT.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => bm25Engine.load(damaged)).toThrow(CorruptSnapshotError);
    }
  });

  it.each([1, 2])('is refused when its format is changed to %d, which has fewer sections', (format) => {
    const changed = SNAPSHOT.slice();
    new DataView(changed.buffer).setUint32(4, format, true);
    expect(() => bm25Engine.load(changed)).toThrow(CorruptSnapshotError);
  });

  it('is refused when damaged in any way', () => {
    const damage = fc.array(fc.record({ at: fc.nat(SNAPSHOT.length - 1), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = SNAPSHOT.slice();
        for (const { at, byte } of changes) damaged[at] = byte;
        fc.pre(Buffer.compare(damaged, SNAPSHOT) !== 0);
        expect(() => bm25Engine.load(damaged)).toThrow(CorruptSnapshotError);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => bm25Engine.load(bytes)).toThrow(CorruptSnapshotError);
      }),
    );
  });

  it('of another format is refused by name, though its checksum is right', () => {
    const other = SNAPSHOT.slice();
    const header = new DataView(other.buffer);
    header.setUint32(4, 99, true);
    header.setUint32(12, crc32(other.subarray(16)), true);
    expect(() => bm25Engine.load(other)).toThrow('format 99');
  });

  it.each([
    ['a list of words', 1, 18],
    ['endings', 2, 19],
  ])('of the format without %s is read', (_, format, sections) => {
    const dropped = 20 - sections;
    const old = new Uint8Array(SNAPSHOT.length - 4 * dropped);
    old.set(SNAPSHOT.subarray(0, 16 + sections * 4));
    old.set(SNAPSHOT.subarray(16 + (sections + dropped) * 4), 16 + sections * 4);
    const header = new DataView(old.buffer);
    header.setUint32(4, format, true);
    header.setUint32(8, old.length, true);
    header.setUint32(12, crc32(old.subarray(16)), true);
    expect(bm25Engine.load(old).search('motor')).toEqual(bm25Engine.load(SNAPSHOT).search('motor'));
  });
});
