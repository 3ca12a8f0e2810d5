import { beforeAll, describe, expect, it } from 'vitest';
import type { Atom } from '../../functions/knowledge/atom.ts';
import { aboutTopic, isMaker, MAX_ATOMS } from '../../functions/scripts/choose.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { narrationOf, type Script } from '../../functions/scripts/script.ts';
import { speakable } from '../../functions/scripts/speech.ts';
import { topicOf } from '../../functions/scripts/topic.ts';
import { createImportEngine } from '../../functions/search/import-engine.ts';
import type { SearchIndex } from '../../functions/search/port.ts';
import { starterAtoms, starterIndex } from '../fixtures/starter-index.ts';
import { expectSoundScript, sentencesOf } from './script-checks.ts';

const atoms = starterAtoms();
const byId = new Map(atoms.map((one) => [one.atom_id, one]));
let index: SearchIndex;
beforeAll(async () => {
  const engine = createImportEngine();
  await engine.ready?.();
  index = starterIndex(engine);
});

/** The atoms about a topic, as the bot chooses them. */
function atomsFor(asked: string): Atom[] {
  const read = topicOf(asked);
  if (!read.ok) return [];
  const { hits, isAnswer } = index.search(read.topic.subject, { limit: MAX_ATOMS });
  const found = hits.flatMap(({ id, score }) => {
    const one = byId.get(id);
    return one === undefined ? [] : [{ atom: one, score }];
  });
  return isAnswer ? aboutTopic(read.topic.subject, found) : [];
}

function scriptAbout(topic: string): Script {
  const result = composeScript({ topic, atoms: atomsFor(topic), id: '1-1', createdAtMs: 0 });
  if (!result.ok) throw new Error(`no script about ${topic}: ${JSON.stringify(result.missing)}`);
  return result.script;
}

describe('a script from the starter knowledge base', () => {
  it.each([
    ['ladder logic basics', 'generic:plc:reading-ladder-logic'],
    ['motor control', 'allen_bradley:ControlLogix:motor-control'],
    ['motor control basics', 'allen_bradley:ControlLogix:motor-control'],
    ['analog scaling', 'generic:analog:linear-scaling'],
    ['how do I scale 4-20 mA', 'siemens:S7-1200:analog-scaling-norm-x-scale-x'],
    ['emergency stop', 'generic:safety:emergency-stop-function'],
    ['why is e-stop NC', 'generic:safety:why-the-stop-is-normally-closed'],
    ['timers', 'generic:plc:timer-types'],
    ['profinet', 'siemens:PROFINET:device-names'],
    ['replace a PROFINET device', 'siemens:PROFINET:replace-a-profinet-device'],
    ['swap a PROFINET device', 'siemens:PROFINET:replace-a-profinet-device'],
    ["motor won't stop when I release start", 'generic:plc:seal-in-failure'],
    ['drive fault', 'generic:vfd:drive-fault-memory'],
    ['what is a PLC', 'generic:plc:what-is-a-plc'],
    ['plc basics', 'generic:plc:what-is-a-plc'],
    ['4-20 mA', 'generic:analog:4-20-ma-basics'],
    ['4-20 mA wire break', 'generic:analog:analog-wire-break'],
    ['VFD ground fault', 'generic:vfd:vfd-ground-fault'],
    ['memory reset S7-1200', 'siemens:S7-1200:memory-reset'],
    ['how to megger a motor', 'generic:motor:insulation-resistance-test'],
    ['troubleshooting', 'generic:maintenance:half-split-method'],
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
    ['ControlLogix major faults', 'allen_bradley:ControlLogix:major-faults'],
    ['NO vs NC', 'generic:plc:normally-open-normally-closed'],
    ['why do timers fail?', 'generic:plc:timer-not-working'],
    ['floating point comparison', 'generic:plc:floating-point-comparison'],
    ['PID tuning', 'generic:plc:pid-basics'],
    ['plcsim', 'siemens:S7-1500:plcsim'],
    ['prescan', 'allen_bradley:ControlLogix:prescan'],
    ['device level ring', 'generic:EtherNet-IP:device-level-ring'],
    ['duplicate IP', 'generic:ethernet:duplicate-ip-address'],
    ['prove dead', 'generic:safety:prove-dead-with-a-meter'],
    ['counters', 'generic:plc:counters'],
    ['noise and shielding', 'generic:wiring:noise-shielding-grounding'],
    ['organization blocks', 'siemens:S7-1200:organization-blocks'],
    ['Frequenzumrichter', 'generic:vfd:vfd-basics'],
    ['Lichtschranke', 'generic:wiring:photoelectric-sensor-problems'],
    ['Not-Halt', 'generic:safety:emergency-stop-function'],
    ['Sicherheitsrelais', 'generic:safety:safety-relay-basics'],
    ['wie funktioniert ein Schütz', 'generic:motor:contactor-and-starter'],
    ['Motor dreht falsch herum', 'generic:motor:motor-rotation-direction'],
    ['Analogwerte skalieren', 'generic:analog:linear-scaling'],
    ['Thermoelement', 'generic:analog:thermocouples'],
    ['Schrittkette', 'generic:plc:state-machine-sequencer'],
    ['Sicherheits-SPS', 'generic:safety:safety-plc'],
    ['Gerätetausch', 'siemens:PROFINET:replace-a-profinet-device'],
    ['Spannungsfreiheit feststellen', 'generic:safety:prove-dead-with-a-meter'],
    ['strukturierter Text', 'generic:plc:structured-text-basics'],
    ['why is my analog input jumping around', 'generic:analog:analog-wire-break'],
    ['S7-1200 debounce a button', 'generic:plc:input-debounce'],
    ['studio 5000 pid loop oscillates', 'generic:plc:pid-basics'],
    ['make a training video on lockout', 'generic:safety:lockout-tagout'],
    ['mach mir ein Video über Not-Aus', 'generic:safety:emergency-stop-function'],
  ])('about "%s" is sound, and tells %s first and most', (topic, leading) => {
    const script = scriptAbout(topic);
    expectSoundScript(script);
    const title = byId.get(leading)?.title ?? '';
    expect(script.title.startsWith(title.slice(0, 40))).toBe(true);
    const own = script.sections.filter(({ sources }) => sources.includes(leading));
    expect(own).toStrictEqual(script.sections.slice(0, own.length));
    expect(own.length).toBeGreaterThanOrEqual(2);
  });

  it('tells the leading article whole, in its order and in its own sentences', () => {
    const untold = atoms.flatMap((one) => {
      const result = composeScript({ topic: 'any', atoms: [one], id: '1-1', createdAtMs: 0 });
      if (!result.ok) return [one.atom_id];
      expectSoundScript(result.script);
      const told = narrationOf(result.script).join(' ');
      const said = new Set(
        sentencesOf(told).map((sentence) => sentence.replace(/^(?:Step|Point) \w+: /, '')),
      );
      const lines = one.content
        .split('\n')
        .flatMap((line) => sentencesOf(speakable(line.replace(/^\d+\. /, ''))))
        .filter((line) => /[.!?]$/.test(line));
      const missing = lines.filter((line) => !said.has(line));
      return missing.length > 0 ? [`${one.atom_id}: ${missing.join(' / ')}`] : [];
    });
    expect(untold).toStrictEqual([]);
  });

  it('speaks every safety note of the warning and danger atoms that it cites', () => {
    const script = scriptAbout('PROFINET device names');
    const narration = narrationOf(script).join(' ');
    const warned = script.citations
      .flatMap(({ atomId }) => byId.get(atomId) ?? [])
      .filter(({ safety_level }) => safety_level !== 'info');
    expect(warned.length).toBeGreaterThan(1);
    for (const { safety_notes = '' } of warned) expect(narration).toContain(speakable(safety_notes));
  });

  it.each([
    ['PID tuning', /REAL|floating/],
    ['VFD ground fault', /case from practice|overcurrent/i],
    ['4-20 mA wire break', /E-stop/],
    ['IO-Link', /PROFINET device lost/],
  ])('about "%s" has no companion about something else', (topic, other) => {
    expect(narrationOf(scriptAbout(topic)).join(' ')).not.toMatch(other);
  });

  it('tells a sentence with a quoted question to its end', () => {
    expect(narrationOf(scriptAbout('PROFINET device names')).join(' ')).toContain(
      'asks the network "who has this name?" and gives the device that answers its IP address',
    );
  });

  it('tells the limits of its own subject before what belongs to it', () => {
    const told = narrationOf(scriptAbout('4-20 mA')).join(' ');
    expect(told.indexOf('3.6 milliamps')).toBeGreaterThan(0);
    expect(told.indexOf('must cover all voltage drops')).toBeGreaterThan(0);
    expect(told.indexOf('This belongs to it')).toBeGreaterThan(told.indexOf('3.6 milliamps'));
  });

  it.each([
    ['structured text', 'four points'],
    ['noise and shielding', 'six points'],
    ['PID tuning', 'five steps'],
    ['VFD ground fault', 'seven steps'],
    ['vfd parameter backup', 'eleven steps'],
    ['what causes overcurrent trips', 'ten points'],
  ])('about "%s" promises in its hook: %s', (topic, promise) => {
    const { hook, sections, example } = scriptAbout(topic);
    expect(hook.toLowerCase()).toContain(promise);
    const told = [...sections.map(({ narration }) => narration), example].join(' ');
    const word = /steps/.test(promise) ? /Step \w+: /g : /(?:Point|Step) \w+: /g;
    const numbers = ['four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven'];
    const own = told.split('This belongs to it')[0]!.match(word)?.length ?? 0;
    expect(promise).toContain(numbers[own - 4]);
  });

  it('calls no fault in a title a job, and says no number twice in the same words', () => {
    expect(scriptAbout('Motor dreht falsch herum').hook).toMatch(
      /^Today's subject: Motor turns the wrong way/,
    );
    const { hook, intro } = scriptAbout('motor does not start');
    expect(hook).toContain('ine points');
    expect(hook).not.toContain('We go through');
    expect(intro).toContain('nine points in three parts');
  });

  it('has a subject: a maker is none', () => {
    for (const maker of ['siemens', 'Siemens', 'Allen Bradley', 'rockwell', 'Rockwell Automation'])
      expect(isMaker(maker, index)).toBe(true);
    for (const topic of ['siemens timers', 'timers', 'S7-1200', 'generation', 'a'])
      expect(isMaker(topic, index)).toBe(false);
  });

  it('does not pretend to be about what the knowledge base does not know', () => {
    for (const topic of [
      'hydraulic press tooling',
      'python programming',
      'coffee',
      'knitting patterns for dogs',
      'PowerFlex 525 F004',
      'welding robots',
      'Endschalter',
      'conveyor',
      'how to bake bread',
    ])
      expect(atomsFor(topic)).toStrictEqual([]);
  });
});
