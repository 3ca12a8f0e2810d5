import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATOM_TYPES, type Atom, SAFETY_LEVELS } from '../../functions/knowledge/atom.ts';
import { composeScript } from '../../functions/scripts/compose-script.ts';
import { MAX_TOPIC_CHARACTERS, narrationOf, type Script } from '../../functions/scripts/script.ts';
import { atom, PUMP_ATOMS } from './atoms.ts';
import { expectSoundScript } from './script-checks.ts';
import { anyCharacter } from '../fixtures/any-character.ts';
import { webAddress } from '../fixtures/web-address.ts';

const asked = { id: '42-7', createdAtMs: 1_700_000_000_000, userId: 5 };

function scriptAbout(topic: string, atoms: readonly Atom[] = PUMP_ATOMS): Script {
  const result = composeScript({ ...asked, topic, atoms });
  if (!result.ok) throw new Error(`no script: ${JSON.stringify(result.missing)}`);
  return result.script;
}

describe('a script', () => {
  const script = scriptAbout('pump basics');
  const narration = narrationOf(script).join(' ');

  it('is sound: at most about three minutes of whole sentences, timed, cited and without repetition', () => {
    expectSoundScript(script);
  });

  it('carries what it was asked with', () => {
    expect(script).toMatchObject({ ...asked, topic: 'pump basics', title: 'How a centrifugal pump works' });
  });

  it('tells numbered steps as spoken steps, all of them and in order', () => {
    expect(narration).toContain(
      'Step one: Open the suction valve fully. Step two: Fill the housing until no more bubbles come out of the vent. ' +
        'Step three: Close the discharge valve. Step four: Start the motor and watch the current. Step five: Open the discharge valve slowly.',
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
    expect(script.example).toMatch(/^Back to today's subject\. For example, a pump/);
    expect(script.isExample).toBe(true);
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

describe('the promise of a script', () => {
  it.each(['pump', 'how do I start a pump', "pump won't deliver", 'Pumpe'])(
    'about "%s" is the title of the article that it tells, and no other',
    (topic) => {
      for (const leading of [PUMP_ATOMS[0]!, PUMP_ATOMS[2]!]) {
        const script = scriptAbout(topic, [leading, ...PUMP_ATOMS.filter((one) => one !== leading)]);
        expect(script.title).toBe(leading.title);
        expect(script.sections[0]?.sources).toStrictEqual([leading.atom_id]);
        expect(script.hook).toContain(leading.title);
      }
    },
  );

  it('is a number of steps only where the script tells all of them', () => {
    const steps = Array.from(
      { length: 7 },
      (_, n) => `${n + 1}. Turn the wheel with the number ${n + 1} by hand.`,
    );
    const content = `A wheel turns the shaft. It has a handle.\n\n${steps.join('\n')}\n\nThe shaft is then free.`;
    const wheel = atom({ atom_id: 'a:b:c', atom_type: 'procedure', title: 'Free the shaft', content });
    const script = scriptAbout('shaft', [wheel, ...PUMP_ATOMS]);
    expect(script.hook).toContain('Seven steps');
    expect(script.sections.map(({ heading }) => heading).slice(0, 3)).toStrictEqual([
      'To begin with',
      'Steps 1 to 4',
      'Steps 5 to 7',
    ]);
    expect(narrationOf(script).join(' ')).toMatch(/Step one: .*Step seven: Turn the wheel with the number 7/);
  });

  it('is the number of all points where an article has several lists, each with what leads to it', () => {
    const point = (n: number): string =>
      `The wheel with the number ${n} turns with a noise that one hears from the door of the hall.`;
    const list = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, n) => `${n + 1}. ${point(from + n)}`).join('\n');
    const content = `Listen first.\n\nIf it stands:\n\n${list(1, 4)}\n\nIf it turns:\n\n${list(4, 6)}\n\nIf it stops again:\n\n${list(6, 8)}\n\nIf it is gone:\n\n${list(8, 10)}`;
    const wheel = atom({ atom_id: 'a:b:c', atom_type: 'fault', title: 'The wheel is loud', content });
    const script = scriptAbout('wheel', [wheel, ...PUMP_ATOMS]);
    expect(script.hook).toMatch(/nine points/i);
    expect(script.intro).toMatch(/^We start with nine points in three parts/);
    expect(script.sections.slice(0, 3).map(({ heading }) => heading)).toStrictEqual([
      'Part one',
      'Part two',
      'Part three',
    ]);
    expect(script.sections[1]?.narration).toMatch(
      /^If it turns, go through these points\. Point one: The wheel with the number 4 [^]*number 5 [^]*hall\.$/,
    );
    expect(script.sections[2]?.narration).toMatch(
      /^If it stops again[^]*If it is gone, go through these points\. Point one: The wheel with the number 8/,
    );
  });

  it('is no job whose steps cannot be spoken: another article leads', () => {
    const [, start] = PUMP_ATOMS;
    const cut = {
      ...start!,
      content: `${PUMP_ATOMS[0]!.content}\n\n1. Open the valve.\n2. Set x := 1 (e.g., St`,
    };
    expect(scriptAbout('pump', [cut, ...PUMP_ATOMS.filter((one) => one !== start)]).title).toBe(
      'How a centrifugal pump works',
    );
  });

  it('is worded in several ways, the same one for the same article', () => {
    const [first, ...others] = PUMP_ATOMS;
    const hooks = [...'ABCDEF'].map((letter) => {
      const leading = { ...first!, atom_id: `generic:pump:${letter}`, title: `Pump ${letter}` };
      const { title, hook } = scriptAbout('pump', [leading, ...others]);
      expect(title).toBe(leading.title);
      expect(hook).toMatch(/^Today's \w+: Pump \w\. |^Pump \w: today's \w+\. /);
      return hook.replace(title, '');
    });
    expect(new Set(hooks).size).toBeGreaterThan(1);
  });

  it('calls an article beside the first one not "this procedure", as that does of itself', () => {
    const [first, start, ...others] = PUMP_ATOMS;
    const content = 'This procedure fills the housing and starts the motor. This procedure takes two people.';
    const beside = { ...start!, summary: '', content };
    const told = scriptAbout('pump', [first!, beside, ...others]).sections.at(-1)!.narration;
    expect(told).toContain('The procedure fills the housing');
    expect(told).not.toContain('This procedure');
  });

  it('announces no list of an article beside the first one that it does not tell', () => {
    const [first, , ...others] = PUMP_ATOMS;
    const step =
      'Look at the gauge, the seal and the coupling of the pump, and write down everything that is not as it was.';
    const beside = atom({
      atom_id: 'generic:pump:habits',
      title: 'Habits around a pump',
      summary: 'A pump that somebody looks after runs for years.',
      content: `Nobody looks at a pump that runs. Three habits keep it running.\n\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n}. ${step} Then do it again after ${n} days.`).join('\n')}`,
    });
    const told = scriptAbout('pump', [first!, beside, ...others]).sections.at(-1)!.narration;
    expect(told).toContain('Nobody looks at a pump that runs.');
    expect(told).not.toContain('Three habits');
  });

  it('announces no kinds of an article beside the first one that it does not tell', () => {
    const [first] = PUMP_ATOMS;
    const kind = (n: number): string =>
      `The pump of kind ${n} has a housing, a shaft, a seal and a wheel, and each of them looks different from those of all other kinds that anybody builds or has ever built. `;
    const beside = atom({
      atom_id: 'generic:pump:kinds',
      title: 'Kinds of pumps',
      summary: 'A pump that suits its liquid runs for years.',
      content: `Three kinds of pump cover nearly every task.\n\n${[1, 2, 3].map((n) => kind(n) + kind(n + 3) + kind(n + 6)).join('\n\n')}`,
    });
    const told = scriptAbout('pump', [first!, beside]).sections.at(-1)!.narration;
    expect(told).toContain('A pump that suits its liquid');
    expect(told).not.toContain('Three kinds');
  });

  it('goes on with no sentence of one article in the name of the next', () => {
    const told = scriptAbout('pump').sections.at(-1)!.narration;
    expect(told.match(/\bbelongs to it\b/g)?.length).toBeGreaterThan(1);
    expect(told).not.toMatch(/\bSo does this\b|\bAnd this as well\b/);
  });

  it('names the articles beside the first one, so that nobody takes them for the subject', () => {
    const { sections } = scriptAbout('pump');
    expect(sections.at(-1)?.heading).toBe('What belongs to it');
    expect(sections.at(-1)?.narration).toMatch(
      /^This belongs to it: How to start a pump after maintenance\. Danger: /,
    );
  });
});

describe('a topic', () => {
  it('come without what could harm a reader', () => {
    const script = scriptAbout('<b>pump</b> `basics` 🚀 | *now*\u202e');
    expect(script.topic).toBe('pump basics now');
  });
});

describe('too little', () => {
  it('says how many words there are, how many are needed, and of which articles', () => {
    const result = composeScript({ ...asked, topic: 'pump', atoms: PUMP_ATOMS.slice(3) });
    expect(result).toStrictEqual({
      ok: false,
      missing: {
        reason: 'too-little-material',
        words: expect.any(Number) as number,
        wordsNeeded: 225,
        titles: ['Two pumps with changeover', 'SM 1222 DQ 8 x Relay ...'],
      },
    });
  });

  it('is nothing at all', () => {
    const result = composeScript({ ...asked, topic: 'pump', atoms: [] });
    expect(result).toMatchObject({ ok: false, missing: { words: 0, titles: [] } });
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

describe('a sentence that is left out', () => {
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
    fc.oneof({ weight: 5, arbitrary: unique }, sentence, fc.string({ unit: anyCharacter, maxLength: 80 })),
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
      source_url: fc.option(fc.oneof(webAddress, fc.constant('javascript:alert(1)')), { nil: undefined }),
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
      { seed: 20261123, numRuns: 150, endOnFailure: true },
    );
    // Otherwise the property would hold because nothing was ever written.
    expect(scripts).toBeGreaterThan(20);
  });

  it('of any size and nesting are worked through before the test times out', () => {
    const huge = Array.from({ length: 40 }, (_, n) =>
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
