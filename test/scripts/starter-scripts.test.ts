import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Atom } from '../../functions/knowledge/atom.ts';
import { toSearchDocument } from '../../functions/knowledge/document.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { narrationOf } from '../../functions/scripts/draft.ts';
import { speakable } from '../../functions/scripts/speech.ts';
import { countWords, type Script } from '../../functions/scripts/script.ts';
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
for (const one of atoms) builder.add(toSearchDocument(one));
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

/** Words of sections and example by the atom that they are taken from. */
function sharesOf({ sections, example, exampleSources }: Script): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { narration, sources } of [...sections, { narration: example, sources: exampleSources }])
    for (const id of sources) shares.set(id, (shares.get(id) ?? 0) + countWords(narration) / sources.length);
  return shares;
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
    ['drive fault', 'generic:vfd:drive-fault-memory'],
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

  it.each([
    ['arc flash', 'generic:safety:arc-flash-awareness'],
    ['sequencer', 'generic:plc:state-machine-sequencer'],
    ['S7-1500 timers', 'siemens:S7-1500:timers-tia-portal'],
    ['process image', 'generic:plc:process-image'],
    ['backups', 'generic:maintenance:backups-and-versions'],
    ['hmi', 'generic:hmi:hmi-communication-problems'],
    ['data types', 'generic:plc:data-types-and-overflow'],
    ['Modbus RTU', 'generic:modbus:modbus-rtu-basics'],
    ['motor overload trips', 'generic:motor:overload-trips'],
    ['lockout tagout', 'generic:safety:lockout-tagout'],
    ['PNP vs NPN', 'generic:wiring:pnp-npn-sourcing-sinking'],
    ['star delta starter', 'generic:motor:star-delta-starter'],
    ['ControlLogix timers', 'allen_bradley:ControlLogix:timers-logix'],
    ['ControlLogix forces', 'allen_bradley:ControlLogix:forces-in-logix'],
    ['NO vs NC', 'generic:plc:normally-open-normally-closed'],
    ['why do timers fail?', 'generic:plc:timer-not-working'],
    ['floating point comparison', 'generic:plc:floating-point-comparison'],
    ['PID tuning', 'generic:plc:pid-basics'],
    ['plcsim', 'siemens:S7-1500:plcsim'],
    ['prescan', 'allen_bradley:ControlLogix:prescan'],
    ['device level ring', 'generic:EtherNet-IP:device-level-ring'],
    ['duplicate IP', 'generic:ethernet:duplicate-ip-address'],
    ['prove dead', 'generic:safety:prove-dead-with-a-meter'],
    ['insulation test', 'generic:motor:insulation-resistance-test'],
    ['noise and shielding', 'generic:wiring:noise-shielding-grounding'],
    ['organization blocks', 'siemens:S7-1200:organization-blocks'],
  ])('about "%s", of which one atom is the subject, is made of it and little beside it', (topic, subject) => {
    const script = scriptAbout(topic);
    expectSoundScript(script);
    expect(script.sections[0]?.sources).toStrictEqual([subject]);
    const shares = sharesOf(script);
    const all = [...shares.values()].reduce((sum, words) => sum + words, 0);
    expect((shares.get(subject) ?? 0) / all).toBeGreaterThan(0.55);
    for (const [id, words] of shares) if (id !== subject) expect(words / all).toBeLessThan(0.37);
  });

  it.each([
    ['counters', 'generic:plc:counters', /counter/i],
    ['timers', 'generic:plc:timer-types', /timer/i],
    ['ControlLogix major faults', 'allen_bradley:ControlLogix:major-faults', /fault/i],
    ['forces', 'allen_bradley:ControlLogix:forces-in-logix', /force/i],
    ['profinet', 'siemens:PROFINET:device-names', /profinet/i],
    ['tags', 'allen_bradley:ControlLogix:tags-and-scope', /tag/i],
    ['modbus', 'generic:modbus:modbus-tcp-basics', /modbus/i],
    ['motor overload', 'generic:motor:overload-trips', /overload|motor/i],
  ])('about "%s", of which several atoms are, has no other among its sections', (topic, subject, title) => {
    const script = scriptAbout(topic);
    expectSoundScript(script);
    const shares = sharesOf(script);
    const most = [...shares].sort(([, a], [, b]) => b - a)[0]?.[0];
    expect([most, ...(script.sections[0]?.sources ?? [])]).toContain(subject);
    for (const id of shares.keys()) expect(byId.get(id)?.title).toMatch(title);
  });

  it('about a maker or a product is made of its atoms', () => {
    for (const { atomId } of scriptAbout('siemens').citations)
      expect(byId.get(atomId)?.manufacturer).toBe('siemens');
    for (const { atomId } of scriptAbout('ControlLogix faults').citations)
      expect(byId.get(atomId)?.product_family).toBe('ControlLogix');
  });

  it('says what is beside its topic, so that nobody takes it for the topic', () => {
    const { sections } = scriptAbout('lockout tagout');
    expect(sections.at(-1)?.narration).toMatch(/^A related subject: [a-z]/);
  });

  it('tells a procedure that protects people in full', () => {
    const narration = narrationOf(scriptAbout('lockout tagout')).join(' ');
    expect(narration).toContain('First, prepare. Identify all energy sources: electrical supplies');
    expect(narration).toContain('A stop button, a selector switch or an emergency stop is not an isolator.');
    expect(narration).toContain('Put the controls back to off afterwards.');
    expect(narration).toContain('release stored energy. Bleed air and hydraulic pressure');
  });

  it('does not tell what comes after a procedure without the procedure', () => {
    for (const topic of ['arc flash', 'prove dead', 'data types', 'emergency stop'])
      expect(narrationOf(scriptAbout(topic)).join(' ')).not.toContain('When the work is finished');
  });

  it('tells no observation as a step, and points at nothing that was not told', () => {
    const narration = narrationOf(scriptAbout('check a three-phase motor')).join(' ');
    expect(narration).toContain('. Infinite resistance in a pair means an open winding');
    for (const topic of ['motor', 'motor control', 'motor overload trips', 'contactor']) {
      const told = narrationOf(scriptAbout(topic)).join(' ');
      if (told.includes('this logic')) expect(told).toContain('write the run rung');
    }
  });

  it.each([
    ['ethernet/ip', 'EtherNet/IP: the essentials in three minutes'],
    ['tia portal download', 'TIA Portal download: the essentials in three minutes'],
    ['major faults', 'Major faults: the essentials in three minutes'],
    ['logix minor faults', 'Logix minor faults: the essentials in three minutes'],
    ['hmi', 'HMI: the essentials in three minutes'],
    ['bootp', 'BOOTP: the essentials in three minutes'],
  ])('spells "%s" as the material does', (topic, title) => {
    expect(scriptAbout(topic).title).toBe(title);
  });

  it('does not pretend to be about what the knowledge base does not know', () => {
    for (const topic of ['hydraulic press tooling', 'python programming', 'coffee'])
      expect(composeScript({ topic, atoms: atomsFor(topic), id: '1-1', createdAtMs: 0 })).toMatchObject({
        ok: false,
        missing: { reason: 'too-little-material' },
      });
  });

  it('can use every atom: none is without words that can be spoken', () => {
    const unusable = atoms.flatMap((one) => {
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
