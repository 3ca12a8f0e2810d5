import { afterEach, describe, expect, it, vi } from 'vitest';
import { good, Output } from '../../functions/cli/output.ts';

describe('others’ text in a command’s output', () => {
  afterEach(() => void vi.restoreAllMocks());
  const said = (json: boolean, say: (output: Output) => void): string => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    say(new Output({ json }));
    vi.restoreAllMocks();
    return written.join('');
  };
  const hostile = 'safe\u202egnp.exe\u2066 \u009b31m';

  it('turns no line around and sends no control to the terminal', () => {
    expect(said(false, (output) => output.line(hostile))).toBe('safegnp.exe 31m\n');
    expect(said(false, (output) => output.line(JSON.stringify({ text: hostile })))).not.toMatch(
      /[\u0080-\u009f\u202e]/,
    );
  });

  it('keeps colours, accents and joined emoji', () => {
    const text = good('Ünïcödé 👩‍🔧');
    expect(said(false, (output) => output.line(text))).toBe(`${text}\n`);
  });

  it('escapes them in JSON, which says the same', () => {
    const written = said(true, (output) => output.json({ text: hostile }));
    expect(written).not.toMatch(/[\u0080-\u009f\u202e\u2066]/);
    expect(JSON.parse(written)).toEqual({ text: hostile });
  });
});
