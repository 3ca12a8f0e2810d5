import * as v from 'valibot';
import type * as atomModule from '../../functions/knowledge/atom.ts';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { english } from '../../functions/bot/texts/english.ts';

type AtomModule = typeof atomModule;

const ATOM = '../../functions/knowledge/atom.ts';

// Modules outlive a test file here, so that the extended schema is for this file alone.
beforeAll(async () => {
  vi.resetModules();
  const original = await vi.importActual<AtomModule>(ATOM);
  // The one line that a new field takes.
  const entries = { ...original.atomSchema.entries, voltage_rating: v.optional(v.string()) };
  vi.doMock(ATOM, () => ({
    ...original,
    atomSchema: v.object(entries),
    ATOM_FIELDS: Object.keys(entries),
  }));
});
afterAll(() => {
  vi.doUnmock(ATOM);
  vi.resetModules();
});

it('A field that is added to the schema alone is imported, stored and exported', async () => {
  const { parseAtom, toRecord } = await import('../../functions/knowledge/parse-atom.ts');
  const { toItem, toStoredAtom } = await import('../../functions/dynamodb/knowledge-items.ts');
  const { atom } = parseAtom({ title: 'T', content: 'C', voltage_rating: '24 V DC' });
  expect(atom).toMatchObject({ voltage_rating: '24 V DC' });
  expect(atom).not.toHaveProperty('extra');
  const stored = toStoredAtom(toItem({ id: atom!.atom_id, version: 'v', atom: atom! })).atom;
  expect(toRecord(stored)).toEqual(toRecord(atom!));
});

it('A field that is added to the schema alone is searched and shown', async () => {
  const { parseAtom } = await import('../../functions/knowledge/parse-atom.ts');
  const { toSearchDocument } = await import('../../functions/knowledge/document.ts');
  const { articleParts } = await import('../../functions/bot/atom-article.ts');
  const atom = parseAtom({ title: 'T', content: 'C', voltage_rating: '24 V DC' }).atom!;
  expect(toSearchDocument(atom).content).toBe('C\n\n24 V DC');
  expect(articleParts(atom, english).map(({ markup }) => markup)).toEqual([
    expect.stringContaining('\n<b>Voltage Rating:</b> 24 V DC\n'),
  ]);
});

it('The version of a product is searched', async () => {
  const { parseAtom } = await import('../../functions/knowledge/parse-atom.ts');
  const { toSearchDocument } = await import('../../functions/knowledge/document.ts');
  const atom = parseAtom({ title: 'T', content: 'C', product_version: 'V5.2' }).atom!;
  expect(toSearchDocument(atom).content).toBe('C\n\nV5.2');
});
