import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATOM_TYPES, type Atom, SAFETY_LEVELS } from '../../functions/knowledge/atom.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { narrationOf } from '../../functions/scripts/draft.ts';
import { MAX_TOPIC_CHARACTERS, type Script } from '../../functions/scripts/script.ts';
import { atom, PUMP_ATOMS } from './atoms.ts';
import { expectSoundScript } from './script-checks.ts';

const asked = { id: '42-7', createdAtMs: 1_700_000_000_000, userId: 5 };

function scriptAbout(topic: string, atoms: readonly Atom[] = PUMP_ATOMS): Script {
  const result = composeScript({ ...asked, topic, atoms });
  if (!result.ok) throw new Error(`no script: ${JSON.stringify(result.missing)}`);
  return result.script;
}

describe('a script', () => {
  const script = scriptAbout('pump basics');
  const narration = narrationOf(script).join(' ');

  it('is sound: three minutes of whole sentences, timed, cited and without repetition', () => {
    expectSoundScript(script);
  });

  it('carries what it was asked with', () => {
    expect(script).toMatchObject({ ...asked, topic: 'pump basics', title: 'Pump basics in three minutes' });
  });

  it('tells numbered steps as spoken steps, all of them and in order', () => {
    expect(narration).toContain(
      'First, open the suction valve fully. Next, fill the housing until no more bubbles come out of the vent. ' +
        'Then close the discharge valve. After that, start the motor and watch the current. Finally, open the discharge valve slowly.',
    );
  });

  it('joins a short list to the words that introduce it', () => {
    expect(narration).toContain(
      'Common causes: leaking suction line, blocked strainer and wrong direction of rotation.',
    );
  });

  it('speaks units and leaves out what points at a page', () => {
    expect(narration).toContain('a full suction line of 3 meters delivers its rated flow within 2 seconds.');
    expect(narration).not.toMatch(/figure|page/i);
  });

  it('speaks the safety notes of every warning and danger atom that it uses, under their level', () => {
    expect(narration).toContain(
      'Danger: Lock out the motor before you open the housing. Hot water can scald.',
    );
    expect(narration).toContain('Warning: A pump that runs dry gets hot enough to burn.');
  });

  it('uses the passage that says "for example" as its example', () => {
    expect(script.example).toMatch(/^For example, a pump/);
    expect(script.exampleSources).toStrictEqual(['generic:pump:centrifugal_pump_basics']);
  });

  it('cites document and pages where they are known', () => {
    expect(script.citations).toContainEqual({
      atomId: 'generic:pump:centrifugal_pump_basics',
      title: 'How a centrifugal pump works',
      document: 'Pump_Handbook_v2.pdf',
      pages: ['12', '13-14'],
    });
  });

  it('takes nothing from a table that cannot be spoken', () => {
    expect(script.citations.map(({ atomId }) => atomId)).not.toContain('generic:pump:table-page1223-0');
    expect(narration).not.toMatch(/\bNone\b|\byes\b/);
  });

  it('is the same for the same input', () => {
    expect(scriptAbout('pump basics')).toStrictEqual(script);
  });
});

describe('topics of every grammar', () => {
  it.each([
    ['pump', 'Pump: the essentials in three minutes', 'Pump: when the machine stands still'],
    ['how do I start a pump', 'How do I start a pump?', 'How do I start a pump? '],
    ['why is a pump filled?', 'Why is a pump filled?', 'Why is a pump filled? '],
    ['how to start a pump', 'How to start a pump', 'Here is how to start a pump. '],
    ['start a pump', 'How to start a pump', 'Here is how to start a pump. '],
    ['troubleshoot pump', 'How to troubleshoot pump', 'Here is how to troubleshoot pump. '],
    ["pump won't deliver", "Pump won't deliver: what to check", "Pump won't deliver: if you meet this"],
    ['please explain pump', 'Pump: the essentials in three minutes', 'Pump: when'],
    ['PUMP basics', 'PUMP basics in three minutes', 'PUMP basics: '],
  ])('%s', (topic, title, hook) => {
    const script = scriptAbout(topic);
    expect(script.title).toBe(title);
    expect(script.hook.startsWith(hook)).toBe(true);
  });

  it('are spoken with their units in words, and written as they were', () => {
    const pump = PUMP_ATOMS.map((one) => ({ ...one, keywords: ['4-20 mA', 'scale'] }));
    const script = scriptAbout('how do i scale 4-20 mA', pump);
    expect(script.title).toBe('How do I scale 4-20 mA?');
    expect(script.hook).toMatch(/^How do I scale 4 to 20 milliamps\? /);
  });

  it('come without what could harm a reader', () => {
    const script = scriptAbout('<b>pump</b> `basics` 🚀 | *now*\u202e');
    expect(script.topic).toBe('pump basics now');
  });
});

describe('too little', () => {
  it('says how many words and atoms there are, how many are needed, and of what kind none is there', () => {
    const result = composeScript({
      ...asked,
      topic: 'pump',
      atoms: [...PUMP_ATOMS.slice(3), atom({ atom_id: 'a:b:fan', title: 'Fans', keywords: [] })],
    });
    expect(result).toStrictEqual({
      ok: false,
      missing: {
        reason: 'too-little-material',
        words: expect.any(Number) as number,
        wordsNeeded: expect.any(Number) as number,
        atoms: 3,
        usableAtoms: 1,
        missingTypes: ['concept', 'procedure', 'fault'],
        offTopicAtoms: ['a:b:fan'],
        unusableAtoms: ['generic:pump:table-page1223-0'],
      },
    });
    const { words, wordsNeeded } = (result as { missing: { words: number; wordsNeeded: number } }).missing;
    expect(words).toBeGreaterThan(40);
    expect(words).toBeLessThan(wordsNeeded);
  });

  it('is nothing at all', () => {
    const result = composeScript({ ...asked, topic: 'pump', atoms: [] });
    expect(result).toMatchObject({ ok: false, missing: { words: 0, atoms: 0, usableAtoms: 0 } });
  });

  it('are atoms that only mention the topic, for the script would be about something else', () => {
    const elsewhere = PUMP_ATOMS.map((one) => ({
      ...one,
      content: `${one.content}\n\nThe valves come from Ventil & Co.`,
    }));
    expect(composeScript({ ...asked, topic: 'ventil', atoms: elsewhere })).toMatchObject({
      ok: false,
      missing: { reason: 'too-little-material', usableAtoms: 0, offTopicAtoms: { length: 5 } },
    });
  });

  it('is a topic without words, or one beyond the limit', () => {
    for (const topic of ['', ' \n ', '🚀', '|||', '<b></b>', 'x'.repeat(60)])
      expect(composeScript({ ...asked, topic, atoms: PUMP_ATOMS })).toStrictEqual({
        ok: false,
        missing: { reason: 'topic-empty' },
      });
    expect(composeScript({ ...asked, topic: 'pump '.repeat(50), atoms: PUMP_ATOMS })).toStrictEqual({
      ok: false,
      missing: { reason: 'topic-too-long', characters: 250, maxCharacters: MAX_TOPIC_CHARACTERS },
    });
  });
});

describe('the subject', () => {
  const seal = atom({
    atom_id: 'generic:pump:shaft-seal',
    title: 'The shaft seal',
    summary: 'A shaft seal keeps the water in.',
    content: `A ring of carbon turns with the shaft, and a ring of ceramic stands still in the housing. Between them runs a film of water that cools both. Without the film they crack within a minute.

A spring presses the rings together when the machine is at rest. Springs lose their force over the years, and then the first drops appear at the gland.

Crystals of salt or sugar grow where the film dries up. They score the faces like sand, so some plants rinse the gland from outside.`,
    keywords: ['shaft seal'],
    related_atoms: ['generic:pump:no-flow'],
  });

  it('is not an atom with half of its words', () => {
    const elsewhere = PUMP_ATOMS.map((one) => ({ ...one, keywords: ['pump', 'inflatable seal'] }));
    const result = composeScript({ ...asked, topic: 'shaft seal', atoms: [seal, ...elsewhere] });
    expect(result).toMatchObject({
      ok: false,
      missing: { usableAtoms: 1, offTopicAtoms: { length: PUMP_ATOMS.length - 1 } },
    });
  });

  it('is told before its companions, which are called what they are and stay short', () => {
    const rich = {
      ...seal,
      content: `${seal.content}

Before you fit a new one, look at the shaft. A groove under the old ring lets the new one leak from the first day. Polish it, or turn the sleeve around if the maker permits it.

Never touch the faces with bare fingers, because grease keeps the film away. Put a drop of clean water on them and slide the ring over a cone of plastic. Tighten the gland by hand only, then turn the shaft twice and feel for resistance.

The first hour decides about the life of the part. Run at low pressure, and watch the drain below the gland. A few drops are normal while the faces settle. A steady trickle means that a ring sits at an angle or that the spring was forgotten.`,
    };
    const script = scriptAbout('shaft seal', [...PUMP_ATOMS, rich]);
    expectSoundScript(script);
    expect(script.sections.at(0)?.sources).toStrictEqual([seal.atom_id]);
    expect(script.citations.map(({ atomId }) => atomId)).toStrictEqual([
      seal.atom_id,
      'generic:pump:no-flow',
    ]);
    const companion = script.sections.at(-1)?.narration ?? script.example;
    expect(companion).toContain('pump runs but delivers nothing. Warning: A pump that runs dry');
    expect(companion.split(' ').length).toBeLessThan(110);
  });

  it('can be a product, a maker, or a specification that is written in sentences', () => {
    const [basics, ...others] = PUMP_ATOMS.map((one) => ({
      ...one,
      title: `About ${one.atom_id}`,
      keywords: [],
    }));
    const acme = [{ ...basics!, atom_type: 'specification' as const }, ...others].map((one) => ({
      ...one,
      manufacturer: 'acme_pumps',
      product_family: 'AP-1500',
    }));
    for (const topic of ['acme', 'AP-1500'])
      expect(scriptAbout(topic, acme).sections.flatMap(({ sources }) => sources)).toContain(basics!.atom_id);
  });
});

describe('what is left out', () => {
  it('takes along what points back at it', () => {
    const pointing = PUMP_ATOMS.map((one) => ({
      ...one,
      content: `A short program is enough for ${one.title}.

\`\`\`
run()
\`\`\`

These lines start the pump of ${one.title}. They are all that it needs.

${one.content}`,
    }));
    const narration = narrationOf(scriptAbout('pump basics', pointing)).join(' ');
    expect(narration).toContain('A short program is enough for');
    expect(narration).not.toMatch(/These lines|They are all/);
  });
});

describe('safety', () => {
  it('leaves an atom out rather than its warning, when the warning cannot be spoken', () => {
    const unspeakable = PUMP_ATOMS.map((one) =>
      one.atom_type === 'procedure' ? { ...one, safety_notes: `| Danger | ${'x'.repeat(99)} |` } : one,
    );
    const result = composeScript({ ...asked, topic: 'pump basics', atoms: unspeakable });
    const cited = result.ok ? result.script.citations.map(({ atomId }) => atomId) : [];
    expect(cited).not.toContain('generic:pump:start_a_pump');
  });

  it('warns in general, and once, where danger atoms have no notes', () => {
    const without = PUMP_ATOMS.map((one) => ({ ...one, safety_level: 'danger' as const, safety_notes: '' }));
    const narration = narrationOf(scriptAbout('pump basics', without)).join(' ');
    expect(narration.split('Danger: the source marks this subject as a hazard')).toHaveLength(2);
  });
});

describe('hostile atoms', () => {
  const sentence = fc.constantFrom(
    'The pump stops when the pressure falls below 2.5 bar.',
    'Set the output to 4-20 mA (e.g. With the Siemens tool), then save it.',
    'Check the fuse of the pump before you look for other causes.',
    'It must be wired to 24 V DC.',
    'The valve has part number 6ES7 214-1AG40-0XB0 and a coil of 24 V.',
    'tags to the instructions (e.g., St',
    'A long pause helps nobody, and the operator wants to know what to do next.',
    'The seal of the pump lasts for about a year when the water is clean.',
    'See figure 3. Open File > New and choose MOTOR_START.',
    'Let us sum up.',
    '| None | None | yes |',
    '1. Open the valve.\n2. Close the valve.\n3. Wait for the light',
    '- a\n- b',
    '<script>alert(1)</script><img src=x onerror=alert(1)>',
    '**bold** _under_ `code` [link](http://example.com) 🚀 \u202e\u0000',
    'x'.repeat(3000),
    '```\ncode();\n```',
  );
  const unique = fc
    .tuple(
      fc.constantFrom('pump', 'valve', 'motor', 'sensor', 'operator'),
      fc.integer({ min: 1, max: 999 }),
      fc.constantFrom('runs', 'stops', 'waits'),
    )
    .map(
      ([who, number, does]) =>
        `The ${who} in place ${number} ${does} when the counter of line ${number * 7} reaches its end.`,
    );
  const content = fc.array(
    fc.oneof({ weight: 5, arbitrary: unique }, sentence, fc.string({ unit: 'binary', maxLength: 80 })),
    { maxLength: 24 },
  );
  const separated = fc
    .tuple(content, fc.constantFrom(' ', '\n', '\n\n'))
    .map(([parts, separator]) => parts.join(separator));
  const anyAtom: fc.Arbitrary<Atom> = fc.record(
    {
      atom_id: fc.oneof(
        fc.stringMatching(/^[a-z]{2,5}:[a-z]{2,5}:[a-z_-]{1,20}$/),
        fc.string({ maxLength: 60 }),
      ),
      atom_type: fc.constantFrom(...ATOM_TYPES),
      title: fc.oneof(
        fc.constantFrom('Pump', 'How to Fit a Pump', 'Why a pump?', '|x| <b>', ''),
        fc.string({ maxLength: 200 }),
      ),
      summary: fc.oneof(sentence, unique, fc.string({ maxLength: 100 })),
      content: separated,
      manufacturer: fc.constant('generic'),
      prerequisites: fc.constant([]),
      related_atoms: fc.constant([]),
      source_document: fc.option(fc.string({ maxLength: 80 }), { nil: undefined }),
      source_pages: fc.array(fc.oneof(fc.nat(), fc.string({ maxLength: 10 })), { maxLength: 3 }),
      source_url: fc.option(fc.oneof(fc.webUrl(), fc.constant('javascript:alert(1)')), { nil: undefined }),
      safety_level: fc.constantFrom(...SAFETY_LEVELS),
      safety_notes: fc.option(fc.oneof(unique, sentence), { nil: undefined }),
      keywords: fc.constantFrom(['pump'], ['pump', 'x'.repeat(500), ''], []),
    },
    { noNullPrototype: true },
  );
  const topics = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('pump', 'how do I start a pump', "pump won't start", 'pump: a "test" (1)'),
    },
    fc.string({ maxLength: 140 }),
  );

  it('give a sound script or a reason, never anything else, and the same each time', () => {
    let scripts = 0;
    fc.assert(
      fc.property(
        topics,
        fc.uniqueArray(anyAtom, { maxLength: 10, selector: ({ atom_id }) => atom_id }),
        (topic, atoms) => {
          const before = structuredClone(atoms);
          const result = composeScript({ ...asked, topic, atoms });
          expect(atoms).toStrictEqual(before);
          expect(composeScript({ ...asked, topic, atoms })).toStrictEqual(result);
          if (!result.ok) {
            const { missing } = result;
            if (missing.reason === 'too-little-material')
              expect(missing.words).toBeLessThan(missing.wordsNeeded);
            return;
          }
          scripts++;
          expectSoundScript(result.script);
          const narration = narrationOf(result.script).join(' ');
          for (const { atomId } of result.script.citations) {
            const level = atoms.find(({ atom_id }) => atom_id === atomId)?.safety_level;
            if (level === 'warning' || level === 'danger')
              expect(narration.toLowerCase()).toContain(`${level}: `);
          }
          for (const { url } of result.script.citations) expect(url ?? 'https:').toMatch(/^https?:/);
        },
      ),
      { seed: 20261123, numRuns: 300 },
    );
    // Otherwise the property would hold because nothing was ever written.
    expect(scripts).toBeGreaterThan(20);
  });

  it('of any size and nesting are worked through before the test times out', () => {
    const huge = Array.from({ length: 200 }, (_, n) =>
      atom({
        atom_id: `a:b:${n}`,
        content: `<script ${'<a [b]( `x` ** (e.g. 1. '.repeat(50_000)}`,
        summary: '"('.repeat(50_000),
        title: `pump ${'x '.repeat(50_000)}`,
      }),
    );
    expect(composeScript({ ...asked, topic: 'pump', atoms: huge }).ok).toBe(false);
  });
});
