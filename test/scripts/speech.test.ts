import { describe, expect, it } from 'vitest';
import { speakable } from '../../functions/scripts/speech.ts';

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
