import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Atom } from '../../functions/knowledge/atom.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { narrationOf } from '../../functions/scripts/draft.ts';
import { speakable } from '../../functions/scripts/speech.ts';
import type { Script } from '../../functions/scripts/script.ts';
import { bm25Engine } from '../../functions/search/engine.ts';
import { atom } from './atoms.ts';
import { expectSoundScript, sentencesOf } from './script-checks.ts';

const FOLDER = new URL('../../functions/knowledge/starter/', import.meta.url);

const atoms = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => (JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { atoms: Atom[] }).atoms)
  .map((fields) => atom(fields));
const byId = new Map(atoms.map((one) => [one.atom_id, one]));
const builder = bm25Engine.builder();
for (const one of atoms)
  builder.add({
    id: one.atom_id,
    title: one.title,
    summary: one.summary,
    content: one.content,
    keywords: one.keywords,
    facets: { manufacturer: one.manufacturer, type: one.atom_type, safety: one.safety_level },
  });
const index = builder.build();

/** The best hits and what the first of them are linked with, as the bot gives them. */
function atomsFor(query: string): Atom[] {
  const hits = index.search(query, { limit: 10 }).hits.map(({ id }) => id);
  const linked = hits.slice(0, 3).flatMap((id) => byId.get(id)?.related_atoms ?? []);
  return [...new Set([...hits, ...linked])].flatMap((id) => byId.get(id) ?? []);
}

function scriptAbout(topic: string, query = topic): Script {
  const result = composeScript({ topic, atoms: atomsFor(query), id: '1-1', createdAtMs: 0 });
  if (!result.ok) throw new Error(`no script about ${topic}: ${JSON.stringify(result.missing)}`);
  return result.script;
}

describe('a script from the starter knowledge base', () => {
  it.each([
    ['ladder logic basics', 'generic:plc:reading-ladder-logic'],
    ['motor control', 'generic:plc:start-stop-seal-in'],
    ['analog scaling', 'generic:analog:linear-scaling'],
    ['how do I scale 4-20 mA', 'siemens:S7-1200:analog-scaling-norm-x-scale-x'],
    ['emergency stop', 'generic:safety:emergency-stop-function'],
    ['why is e-stop NC', 'generic:safety:why-the-stop-is-normally-closed'],
    ['timers', 'generic:plc:timer-types'],
    ['profinet', 'siemens:PROFINET:device-names'],
    ["motor won't stop when I release start", 'generic:plc:seal-in-failure'],
    ['drive fault', 'generic:vfd:vfd-overcurrent'],
    ['how to wire a proximity sensor', 'generic:wiring:pnp-npn-sourcing-sinking'],
  ])('about "%s" is sound and is about it', (topic, expectedSource) => {
    const script = scriptAbout(topic);
    expectSoundScript(script);
    expect(script.citations.map(({ atomId }) => atomId)).toContain(expectedSource);
    for (const { narration } of script.sections)
      expect(sentencesOf(narration).length).toBeGreaterThanOrEqual(3);
  });

  it('about "troubleshooting" is made of faults', () => {
    const script = scriptAbout('troubleshooting', 'type:fault plc motor input');
    expectSoundScript(script);
    expect(
      script.sections.flatMap(({ sources }) => sources).some((id) => byId.get(id)?.atom_type === 'fault'),
    ).toBe(true);
  });

  it('speaks every safety note of the warning and danger atoms that it cites', () => {
    const script = scriptAbout('emergency stop');
    const narration = narrationOf(script).join(' ');
    const warned = script.citations
      .flatMap(({ atomId }) => byId.get(atomId) ?? [])
      .filter(({ safety_level }) => safety_level !== 'info');
    expect(warned.length).toBeGreaterThan(1);
    for (const { safety_notes = '' } of warned) expect(narration).toContain(speakable(safety_notes));
  });

  it('does not pretend to be about what the knowledge base does not know', () => {
    for (const topic of ['hydraulic press tooling', 'python programming', 'coffee'])
      expect(composeScript({ topic, atoms: atomsFor(topic), id: '1-1', createdAtMs: 0 })).toMatchObject({
        ok: false,
        missing: { reason: 'too-little-material' },
      });
  });

  it('can use every atom but tables: none of the others is without words that can be spoken', () => {
    const telling = atoms.filter(({ atom_type }) => atom_type !== 'specification');
    const unusable = telling.flatMap((one) => {
      const result = composeScript({
        topic: one.title.slice(0, 100),
        atoms: [one],
        id: '1-1',
        createdAtMs: 0,
      });
      return !result.ok && result.missing.reason === 'too-little-material' && result.missing.usableAtoms === 0
        ? [one.atom_id]
        : [];
    });
    expect(unusable).toStrictEqual([]);
  });
});
