import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomIdOf, atomIdOfStart, atomKeyOf, startPayloadOf } from '../../functions/bot/atom-keys.ts';
import { decodePress, encodePress, type Press } from '../../functions/bot/callbacks.ts';
import { cleanQuery, MAX_REF_BYTES, queryRefOf } from '../../functions/bot/query-refs.ts';
import { bm25Engine } from '../../functions/search/engine.ts';
import type { SearchIndex } from '../../functions/search/port.ts';
import { byteLength, LIMITS } from '../../functions/telegram/limits.ts';

const query = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .map(cleanQuery)
  .filter((text) => text !== '');
const place = fc.record({ page: fc.nat(999), query: query.map(queryRefOf) });
const atomKey = fc.string().map(atomKeyOf);
const press: fc.Arbitrary<Press> = fc.oneof(
  place.map((given): Press => ({ op: 'results', ...given })),
  fc.record({ op: fc.constant('atom' as const), atomKey, part: fc.nat(999), from: place }),
  fc.record({ op: fc.constant('atom' as const), atomKey, part: fc.nat(999) }),
  fc.record({
    op: fc.constant('feedback' as const),
    atomKey,
    vote: fc.constantFrom('up' as const, 'down' as const),
  }),
  fc.record({
    op: fc.constant('script' as const),
    scriptId: fc.tuple(fc.nat(), fc.nat()).map((ids) => ids.join('-')),
  }),
  fc.record({ op: fc.constant('upload' as const), confirmed: fc.boolean() }),
  fc.constant({ op: 'nothing' as const }),
);

describe('the data of a button', () => {
  it('fits for every press, whatever is asked and whichever atom is meant, and reads back', () => {
    fc.assert(
      fc.property(press, (given) => {
        const data = encodePress(given);
        expect(byteLength(data)).toBeLessThanOrEqual(LIMITS.callbackDataBytes);
        expect(decodePress(data)).toEqual(given);
      }),
    );
  });

  it('has room for the longest reference a query may have', () => {
    const from = { page: 999, query: `=${'q'.repeat(MAX_REF_BYTES - 1)}` };
    const data = encodePress({ op: 'atom', atomKey: atomKeyOf('x'), part: 999, from });
    expect(byteLength(data)).toBe(LIMITS.callbackDataBytes);
  });

  it('is never misread, whatever a client sends', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `v1:${text}`),
        ),
        (data) => {
          const decoded = decodePress(data);
          if (decoded === undefined) return;
          expect(data.startsWith('v1:')).toBe(true);
          if ('page' in decoded) expect(decoded.page).toBeLessThan(1000);
        },
      ),
    );
    for (const data of [
      '',
      'v0:n',
      'v2:n',
      'v1',
      'v1:constructor',
      'v1:r:x:=q',
      'v1:r:-1:=q',
      'v1:f:left:x',
      'v1:u:maybe',
    ]) {
      expect(decodePress(data)).toBeUndefined();
    }
  });
});

describe('a query', () => {
  it('goes into the button itself while it is short, else under an id made of its text', () => {
    expect(queryRefOf('motor control')).toBe('=motor control');
    const long = 'why does the motor not stop when I release the start button';
    expect(queryRefOf(long)).toMatch(/^~[\w-]{16}$/);
    expect(queryRefOf(long)).toBe(queryRefOf(long));
    expect(queryRefOf(`${long}?`)).not.toBe(queryRefOf(long));
    expect(queryRefOf('ü'.repeat(20))).toMatch(/^~/);
  });

  it('is one bounded line without control characters', () => {
    expect(cleanQuery('  a\n\tb\u0000\u0007c  ')).toBe('a bc');
    expect(cleanQuery('😀'.repeat(1000))).toBe('😀'.repeat(512));
  });
});

describe('an atom in a button or a link', () => {
  const ids = [
    'siemens:generic:table-page1223-0',
    'with spaces: <b>',
    `long:${'ü'.repeat(200)}`,
    'größe:Ω:电机-👍',
  ];
  const index: SearchIndex = (() => {
    const builder = bm25Engine.builder();
    for (const id of ids) {
      builder.add({
        id,
        title: id,
        summary: '',
        content: '',
        keywords: [],
        facets: { manufacturer: 'm', type: 'fault', safety: 'info' },
      });
    }
    return builder.build();
  })();

  it('is found by its key', () => {
    for (const id of ids) expect(atomIdOf(index, atomKeyOf(id))).toBe(id);
    expect(atomIdOf(index, 'nobody')).toBeUndefined();
    expect(atomIdOf(index, '')).toBeUndefined();
  });

  it('is found by the payload of its deep link, which Telegram takes', () => {
    for (const id of ids) {
      expect(startPayloadOf(id)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(atomIdOfStart(index, startPayloadOf(id))).toBe(id);
      expect(atomIdOfStart(index, id)).toBe(id);
    }
    for (const payload of ['inline', 'a', 'h', 'a%%%', 'hxxxxxxxxxxx']) {
      expect(atomIdOfStart(index, payload)).toBeUndefined();
    }
  });
});
