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
  ])('says %j', (written, spoken) => {
    expect(speakable(written)).toBe(spoken);
  });

  it.each([
    'Order 6ES7 214-1AG40-0XB0 or 1756-L71.',
    'Set T#5s and read %I0.0, N7:0 and DB1.DBX0.0.',
    'The S7-1500s came after the 1990s.',
    'The tag MOTOR_START follows IEC 61131-3.',
  ])('leaves names alone: %s', (sentence) => {
    expect(speakable(sentence)).toBe(sentence);
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
      ['First, open the valve.', 'Next, press start.', 'It must hum.', 'Finally, PROFINET is checked.'],
    ];
    expect(steps('1. Open the valve\n2) Press start. It must hum.\n3. PROFINET is checked.')).toStrictEqual(
      spoken,
    );
    expect(
      steps('Step 1: Open the valve. Step 2: Press start. It must hum. Step 3: PROFINET is checked.'),
    ).toStrictEqual(spoken);
  });

  it('are points where they are no instructions', () => {
    expect(steps('1. The fuse is blown: replace it.\n2. The coil is open.')).toStrictEqual([
      ['Point one, the fuse is blown: replace it.', 'Point two, the coil is open.'],
    ]);
  });

  it('are left out together when one of them is cut off', () => {
    expect(steps('1. Open the valve.\n2. Add tags to the instructions (e.g., St')).toStrictEqual([undefined]);
  });

  it('keep what warns when they are too long to be told in full', () => {
    const long = Array.from(
      { length: 8 },
      (_, n) =>
        `${n + 1}. Check the part number ${n}. It sits on the left side of the panel beside the big red door. Never touch bar ${n}.`,
    );
    const spoken = steps(long.join('\n'))[0]?.join(' ') ?? '';
    expect(spoken).toContain('Never touch bar 7.');
    expect(spoken).not.toContain('red door');
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
