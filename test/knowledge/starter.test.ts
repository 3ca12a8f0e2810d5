import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ATOM_TYPES, type Atom, DIFFICULTIES, SAFETY_LEVELS } from '../../functions/knowledge/atom.ts';
import { type ReadAtom, readAtoms } from '../../functions/knowledge/read-atoms.ts';

const folder = fileURLToPath(new URL('../../functions/knowledge/starter', import.meta.url));
const queriesFile = new URL('../fixtures/starter-queries.json', import.meta.url);

interface JudgedQuery {
  query: string;
  relevant: Record<string, number>;
}

const read: ReadAtom[] = [];
for await (const entry of readAtoms(folder)) read.push(entry);
const atoms: Atom[] = read.flatMap(({ atom }) => atom ?? []);
const ids = new Set(atoms.map(({ atom_id }) => atom_id));
const queries = JSON.parse(readFileSync(queriesFile, 'utf8')) as JudgedQuery[];

const words = (text: string): number => text.split(/\s+/).length;
/** Ids of the atoms that break a rule, so that a failure names them. */
const offenders = (breaks: (atom: Atom) => boolean): string[] =>
  atoms.filter(breaks).map(({ atom_id }) => atom_id);

describe('the starter knowledge base', () => {
  it('is read without a problem or a note', () => {
    expect(read.flatMap((entry) => entry.problems ?? (entry.atom === undefined ? [] : entry.notes))).toEqual(
      [],
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.json')).length).toBeGreaterThan(1);
    expect(atoms.length).toBeGreaterThanOrEqual(100);
  });

  it('has unique ids, titles and summaries', () => {
    expect(ids.size).toBe(atoms.length);
    expect(new Set(atoms.map(({ title }) => title)).size).toBe(atoms.length);
    expect(new Set(atoms.map(({ summary }) => summary)).size).toBe(atoms.length);
  });

  it('names each atom manufacturer:product:topic-slug', () => {
    expect(
      offenders(({ atom_id }) => !/^[a-z_]+:[A-Za-z0-9-]+:[a-z0-9]+(-[a-z0-9]+)*$/.test(atom_id)),
    ).toEqual([]);
    expect(offenders(({ atom_id, manufacturer }) => !atom_id.startsWith(`${manufacturer}:`))).toEqual([]);
    expect(new Set(atoms.map(({ manufacturer }) => manufacturer))).toEqual(
      new Set(['siemens', 'allen_bradley', 'generic']),
    );
  });

  it('uses every type, difficulty and safety level', () => {
    expect(new Set(atoms.map(({ atom_type }) => atom_type))).toEqual(new Set(ATOM_TYPES));
    expect(new Set(atoms.map(({ difficulty }) => difficulty))).toEqual(new Set(DIFFICULTIES));
    expect(new Set(atoms.map(({ safety_level }) => safety_level))).toEqual(new Set(SAFETY_LEVELS));
  });

  it('refers only to atoms that exist, never to itself and never twice', () => {
    for (const { atom_id, prerequisites, related_atoms } of atoms) {
      const references = [...prerequisites, ...related_atoms];
      expect(
        references.filter((id) => !ids.has(id) || id === atom_id),
        atom_id,
      ).toEqual([]);
      expect(new Set(references).size, atom_id).toBe(references.length);
    }
  });

  it('has no circle of prerequisites', () => {
    const remaining = new Map(atoms.map(({ atom_id, prerequisites }) => [atom_id, prerequisites]));
    let learnable: string[];
    do {
      learnable = [...remaining].flatMap(([id, needs]) =>
        needs.some((need) => remaining.has(need)) ? [] : id,
      );
      for (const id of learnable) remaining.delete(id);
    } while (learnable.length > 0);
    expect([...remaining.keys()]).toEqual([]);
  });

  it('can be reached: every atom is referred to by another', () => {
    const referredTo = new Set(atoms.flatMap((atom) => [...atom.prerequisites, ...atom.related_atoms]));
    expect([...ids].filter((id) => !referredTo.has(id))).toEqual([]);
  });

  it('says enough in each atom, and not too much', () => {
    expect(offenders(({ content }) => words(content) < 120 || words(content) > 350)).toEqual([]);
    expect(offenders(({ summary }) => words(summary) < 8 || words(summary) > 50)).toEqual([]);
    expect(offenders(({ title }) => title.length > 90)).toEqual([]);
    expect(
      offenders(({ keywords }) => keywords.length < 6 || new Set(keywords).size !== keywords.length),
    ).toEqual([]);
  });

  it('is prose and numbered steps, no tables and no markup', () => {
    expect(offenders(({ content }) => /\|.*\||<\/?[a-z]+>|\*\*|^#|^[-*] |\t/im.test(content))).toEqual([]);
    expect(offenders(({ content }) => /\n{3,}|[ ]$|[ ]{2}/m.test(content))).toEqual([]);
  });

  it('ends every paragraph and every step as a sentence ends', () => {
    const formula = /^[A-Z]\w+ = .*[A-Z]\w+$/;
    const unfinished = atoms.flatMap(({ atom_id, content, summary }) =>
      [...content.split('\n'), summary]
        .filter((line) => line !== '' && !/[.:?]$/.test(line) && !formula.test(line))
        .map((line) => `${atom_id}: ${line}`),
    );
    expect(unfinished).toEqual([]);
  });

  it('numbers steps from 1 without a gap', () => {
    const misnumbered = offenders(({ content }) => {
      let expected = 1;
      for (const line of content.split('\n')) {
        const number = /^(\d+)\. /.exec(line)?.[1];
        if (number === undefined) expected = 1;
        else if (Number(number) !== expected) return true;
        else expected += 1;
      }
      return false;
    });
    expect(misnumbered).toEqual([]);
  });

  it('says what the danger is wherever it warns of one', () => {
    const warns = ({ safety_level }: Atom) => safety_level === 'warning' || safety_level === 'danger';
    expect(offenders((atom) => warns(atom) && words(atom.safety_notes ?? '') < 10)).toEqual([]);
    expect(offenders((atom) => atom.safety_level === 'info' && atom.safety_notes !== undefined)).toEqual([]);
  });

  it('claims no document and no page that it was not taken from', () => {
    expect(offenders(({ source_document }) => (source_document ?? '').trim() === '')).toEqual([]);
    expect(
      offenders(
        ({ source_document }) =>
          !/^(General|\S.+ \([a-z].+\); general) engineering knowledge \(starter set\)$/.test(
            source_document ?? '',
          ),
      ),
    ).toEqual([]);
    expect(
      offenders(({ source_pages, source_url }) => source_pages.length > 0 || source_url !== undefined),
    ).toEqual([]);
  });
});

describe('the judged queries', () => {
  it('are many, and each is asked once', () => {
    expect(queries.length).toBeGreaterThanOrEqual(90);
    expect(new Set(queries.map(({ query }) => query.toLowerCase())).size).toBe(queries.length);
  });

  it('judge atoms that exist, with gains from 1 to 3, and know a best answer each', () => {
    for (const { query, relevant } of queries) {
      expect(
        Object.keys(relevant).filter((id) => !ids.has(id)),
        query,
      ).toEqual([]);
      expect(
        Object.values(relevant).filter((gain) => ![1, 2, 3].includes(gain)),
        query,
      ).toEqual([]);
      expect(Math.max(...Object.values(relevant)), query).toBe(3);
    }
  });

  it('ask for every atom at least once', () => {
    const judged = new Set(queries.flatMap(({ relevant }) => Object.keys(relevant)));
    expect([...ids].filter((id) => !judged.has(id))).toEqual([]);
  });
});
