import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { meanNdcg } from '../bench/search-ndcg.ts';
import { starterAtoms, starterIndex } from '../fixtures/starter-index.ts';

const JUDGED = v.parse(
  v.array(v.object({ query: v.string(), relevant: v.record(v.string(), v.number()) })),
  JSON.parse(readFileSync(new URL('../fixtures/starter-queries.json', import.meta.url), 'utf8')),
);
const ATOMS = starterAtoms();

describe('questions as technicians ask them, over the starter knowledge base', () => {
  const index = starterIndex();
  const idsFor = (query: string, limit: number): string[] =>
    index.search(query, { limit }).hits.map(({ id }) => id);

  it('are judged by ids that exist', () => {
    expect(JUDGED.length).toBeGreaterThanOrEqual(160);
    const unknown = JUDGED.flatMap(({ relevant }) => Object.keys(relevant)).filter(
      (id) => index.ordinalOf(id) < 0,
    );
    expect(unknown).toEqual([]);
  });

  it.each([
    ['what is a PLC', 'generic:plc:what-is-a-plc'],
    ['profibus', 'generic:PROFIBUS:profibus-basics'],
    ['io-link', 'generic:IO-Link:io-link-basics'],
    ['AS-Interface', 'generic:AS-i:as-i-basics'],
    ['soft starter', 'generic:motor:soft-starter'],
    ['servo', 'generic:motor:servo-basics'],
    ['safety PLC', 'generic:safety:safety-plc'],
    ['pneumatics', 'generic:fluid:pneumatics-basics'],
    ['hydraulics', 'generic:fluid:hydraulics-basics'],
    ['fault memory of a drive', 'generic:vfd:drive-fault-memory'],
  ])('find the article that a subject has: %s', (subject, id) => {
    expect(idsFor(subject, 1)).toEqual([id]);
  });

  it('are ranked well: nDCG@10 stays near the 0.92 that was measured', () => {
    const judgments = new Map(
      JUDGED.map(({ query, relevant }) => [query, new Map(Object.entries(relevant))]),
    );
    const queries = JUDGED.map(({ query }) => ({ id: query, text: query }));
    expect(meanNdcg(queries, judgments, idsFor)).toBeGreaterThan(0.9);
  });

  it('have a relevant first hit nearly always', () => {
    const misses = JUDGED.filter(({ query, relevant }) => !((relevant[idsFor(query, 1)[0] ?? ''] ?? 0) > 0));
    expect(misses.length / JUDGED.length).toBeLessThan(0.04);
  });

  it('have every answer that matters most within two pages, nearly always', () => {
    const best = JUDGED.flatMap(({ query, relevant }) => {
      const ids = idsFor(query, 10);
      return Object.entries(relevant).flatMap(([id, gain]) => (gain >= 3 ? [ids.includes(id)] : []));
    });
    expect(best.filter(Boolean).length / best.length).toBeGreaterThan(0.93);
  });

  it.each(['der die das und nicht', 'thank you', 'wer bist du?', 'Kaffeemaschine ist kaputt', 'xyzzy motr'])(
    'have no answer when they are about something else: %s',
    (query) => {
      const result = index.search(query);
      expect(result.total).toBe(0);
      expect(result.didYouMean).toBeUndefined();
    },
  );

  it.each([
    'arcflash',
    'emergencystop',
    'sealin',
    'profi net',
    'scancycle',
    'type:falut motor',
    'manufacturer:simens',
    'vfd ground falut',
  ])('are offered in a spelling that finds something and needs no other: %s', (query) => {
    const offered = index.search(index.search(query).didYouMean ?? '');
    expect(offered.total).toBeGreaterThan(0);
    expect(offered.didYouMean).toBeUndefined();
  });

  it('are answered with whole numbers', () => {
    const atom = ATOMS.find(({ atom_id }) => atom_id === 'siemens:S7-1200:analog-value-codes');
    const { terms } = index.search('4-20mA');
    for (let maxLength = 30; maxLength <= 200; maxLength++) {
      const [, first = ''] = /^…?(\S+)/u.exec(index.snippet(atom?.content ?? '', terms, maxLength)) ?? [];
      expect(` ${atom?.content.replace(/\s+/gu, ' ')}`).toContain(` ${first.replace(/…$/u, '')}`);
    }
  });
});
