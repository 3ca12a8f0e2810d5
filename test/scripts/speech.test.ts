import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../functions/scripts/blocks.ts';
import { casingOf } from '../../functions/scripts/casing.ts';
import { cleanText } from '../../functions/scripts/clean-text.ts';
import { speakable } from '../../functions/scripts/speech.ts';
import { spokenList, spokenSteps } from '../../functions/scripts/spoken-lists.ts';
import { tableFacts } from '../../functions/scripts/table-facts.ts';

const casing = casingOf(['the PROFINET port is on, the PROFINET plug is off']);

describe('speech', () => {
  it.each([
    ['The signal is 4-20 mA.', 'The signal is 4 to 20 milliamps.'],
    ['A 4-20 mA signal fails.', 'A 4 to 20 milliamp signal fails.'],
    ['The 4-20mA loop is open.', 'The 4 to 20 milliamp loop is open.'],
    ['The live zero of 4 mA tells it.', 'The live zero of 4 milliamps tells it.'],
    ['It needs 24 V DC.', 'It needs 24 volts DC.'],
    ['A 24 V DC supply feeds it.', 'A 24 volt DC supply feeds it.'],
    ['A 24VDC relay clicks.', 'A 24 volt DC relay clicks.'],
    ['The range is ±10 V at 25 °C.', 'The range is plus or minus 10 volts at 25 degrees Celsius.'],
    ['The range is -10...+10 V.', 'The range is minus 10 to plus 10 volts.'],
    ['It runs from -27648 to 27648.', 'It runs from minus 27648 to 27648.'],
    ['Wait 1 s, then 2.5 s or 500 µs.', 'Wait 1 second, then 2.5 seconds or 500 microseconds.'],
    ['The load is at most 10 % of 5 kΩ.', 'The load is at most 10 percent of 5 kilohms.'],
    ['Keep it ≤ 40 °C.', 'Keep it at most 40 degrees Celsius.'],
    ['Use a maker, e.g. Siemens, i.e. a big one.', 'Use a maker, for example Siemens, that is a big one.'],
    ['Check screws, plugs, etc.', 'Check screws, plugs, and so on.'],
    ['Choose File > New > Project.', 'Choose File, then New, then Project.'],
    ['The drive – if healthy – starts.', 'The drive, if healthy, starts.'],
    ['The rate is 100 Mbit/s over 100 m.', 'The rate is 100 megabits per second over 100 meters.'],
    ['Compare PNP vs NPN, or NO vs. NC.', 'Compare PNP versus NPN, or NO versus NC.'],
    ['The zero at 4 mA supplies the transmitter.', 'The zero at 4 milliamps supplies the transmitter.'],
    ['24 V supplies are common.', '24 volt supplies are common.'],
    ['It draws 0A or 3A.', 'It draws 0 amps or 3 amps.'],
  ])('says %j', (written, spoken) => {
    expect(speakable(written)).toBe(spoken);
  });

  it.each([
    'Order 6ES7 214-1AG40-0XB0 or 1756-L71.',
    'Set T#5s and read %I0.0, N7:0 and DB1.DBX0.0.',
    'The S7-1500s came after the 1990s.',
    'The tag MOTOR_START follows IEC 61131-3.',
    'Codes 0A and 0B (hexadecimal) come from a gateway.',
    'The answer is 0F hex.',
  ])('leaves names alone: %s', (sentence) => {
    expect(speakable(sentence)).toBe(sentence);
  });
});

describe('formulas', () => {
  it.each([
    [
      'Compare it: ABS(Actual - Setpoint) < 0.05.',
      'Compare it: the absolute value of Actual minus Setpoint is less than 0.05.',
    ],
    [
      'Value = (Raw - RawMin) * (EngMax - EngMin) / (RawMax - RawMin) + EngMin',
      'Value equals (Raw minus RawMin) times (EngMax minus EngMin) divided by (RawMax minus RawMin) plus EngMin',
    ],
    ['It is y = m * x + b - c.', 'It is y equals m times x plus b minus c.'],
    ['So 13824 * 10 / 27648 = 5.0 bar.', 'So 13824 times 10 divided by 27648 equals 5.0 bar.'],
    ['Begin with (Raw - RawMin).', 'Begin with (Raw minus RawMin).'],
  ])('are spoken as arithmetic: %j', (written, spoken) => {
    expect(speakable(written)).toBe(spoken);
  });

  it.each([
    ['Set A = 1 - then start.', 'Set A equals 1, then start.'],
    ['The drive - if healthy - starts.', 'The drive, if healthy, starts.'],
    ['Read the input / the output.', 'Read the input or the output.'],
  ])('are not seen in prose: %j', (written, spoken) => {
    expect(speakable(written)).toBe(spoken);
  });
});

describe('tables', () => {
  const facts = (markdown: string) =>
    blocksOf(cleanText(markdown, 5000)).flatMap((block) =>
      block.kind === 'table' ? tableFacts(block, casing) : [],
    );

  it('become facts where the columns say what the cells are', () => {
    expect(
      facts('| Item | Type | Rating |\n|---|---|---|\n| Output | Relay | 2 A |\n| Input | Digital | 24 V |'),
    ).toStrictEqual([
      'The output is a relay rated 2 A.',
      'For the input, the type is digital, and the rating is 24 V.',
    ]);
    expect(
      facts('| Parameter | Value | Unit |\n|---|---|---|\n| Supply voltage | 24 | V DC |'),
    ).toStrictEqual(['The supply voltage is 24 V DC.']);
    expect(
      facts(
        '| Fault | Cause | Remedy |\n|---|---|---|\n| Overcurrent | Short circuit in the cable | Replace the cable |',
      ),
    ).toStrictEqual([
      'For the overcurrent, the cause is short circuit in the cable, and the remedy is to replace the cable.',
    ]);
    expect(facts('| Cycle time | 2 ms per step |')).toStrictEqual(['The cycle time is 2 ms per step.']);
  });

  it('say nothing where they make no sense aloud', () => {
    expect(facts('| None | None | yes |\n| DQ | 8 | None |')).toStrictEqual([]);
    expect(
      facts('| A | B | C |\n|---|---|---|\n| 1 | 2 | 3 |\n| Output | yes | None |\n| | x | y |'),
    ).toStrictEqual([]);
    expect(facts('| Output | Relay | 2 A |')).toStrictEqual([]);
  });
});

describe('numbered steps', () => {
  const steps = (text: string) =>
    blocksOf(text).flatMap((block) => (block.kind === 'steps' ? [spokenSteps(block.items, casing)] : []));

  it('are spoken in order, on lines or in one line', () => {
    const spoken = [
      {
        steps: [
          ['First, open the valve.'],
          ['Next, press start.', 'It must hum.'],
          ['Finally, check PROFINET.'],
        ],
      },
    ];
    expect(steps('1. Open the valve\n2) Press start. It must hum.\n3. Check PROFINET.')).toStrictEqual(
      spoken,
    );
    expect(
      steps('Step 1: Open the valve. Step 2: Press start. It must hum. Step 3: Check PROFINET.'),
    ).toStrictEqual(spoken);
  });

  it('open with a word of order only where something is to be done', () => {
    const observed = [
      '1. Measure between U and V.',
      '2. Infinite resistance means an open winding.',
      '3. In the tree select the axis.',
      '4. If it trips, look at the load.',
      '5. PROFINET is shown in green.',
    ];
    expect(steps(observed.join('\n'))[0]?.steps).toStrictEqual([
      ['First, measure between U and V.'],
      ['Infinite resistance means an open winding.'],
      ['Next, in the tree select the axis.'],
      ['Finally, if it trips, look at the load.'],
      ['PROFINET is shown in green.'],
    ]);
  });

  it('are points where they are no instructions', () => {
    expect(steps('1. The fuse is blown: replace it.\n2. The coil is open.')).toStrictEqual([
      { steps: [['Point one, the fuse is blown: replace it.'], ['Point two, the coil is open.']] },
    ]);
  });

  it('are left out together when one of them is cut off', () => {
    expect(steps('1. Open the valve.\n2. Add tags to the instructions (e.g., St')).toStrictEqual([undefined]);
  });

  const parts = (first: string, rest: string) =>
    Array.from(
      { length: 9 },
      (_, n) => `${n + 1}. ${first.replace('#', String(n))} ${rest.replace('#', String(n))}`,
    ).join('\n');

  it('keep what warns in their short form', () => {
    const rest = 'It sits on the left side of the panel beside the big red door. Never touch bar #.';
    const { short = [] } = steps(parts('Check the part number #.', rest))[0] ?? {};
    expect(short).toHaveLength(9);
    for (const [n, step] of short.entries()) expect(step).toContain(`Never touch bar ${n}.`);
    expect(short.flat().join(' ')).not.toMatch(/red door.*red door.*red door.*red door/);
  });

  it('keep what a heading of one word announces, and what a kept sentence points at', () => {
    const announced = steps(
      parts(
        'Verify #.',
        'Prove with a suitable tester that it is so. The tester of type # lies in the big red box beside the door.',
      ),
    )[0]?.short ?? [[]];
    for (const step of announced) expect(step[1]).toMatch(/^Prove with/);
    const pointed = steps(
      parts(
        'Look at the big part number #.',
        'A selector switch sits on top of box # there. It is not an isolator. The lamp of box # shines in green.',
      ),
    )[0]?.short ?? [[]];
    for (const step of pointed) {
      expect(step).toContain('It is not an isolator.');
      expect(step[1]).toMatch(/^A selector switch/);
    }
  });
});

describe('lists', () => {
  it('of short items are joined to their introduction, and left out without one', () => {
    expect(spokenList(['Loose wire', 'Blown fuse'], 'Common causes:', casing)).toStrictEqual([
      'Common causes: loose wire and blown fuse.',
    ]);
    expect(spokenList(['Loose wire', 'Blown fuse'], undefined, casing)).toStrictEqual([]);
  });

  it('of sentences are spoken one by one', () => {
    expect(spokenList(['The fuse is blown.', 'The wire is loose.'], undefined, casing)).toStrictEqual([
      'The fuse is blown.',
      'The wire is loose.',
    ]);
  });
});
