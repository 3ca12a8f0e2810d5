import { describe, expect, it } from 'vitest';
import { assertApplies } from './applies.ts';
import { areaOf } from './areas.ts';
import { MUTANTS } from './list.ts';

describe('the mutants of the protocol', () => {
  it('each still break something that the code says, once', async () => {
    for (const mutant of MUTANTS) await assertApplies(process.cwd(), mutant);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it('each have tests that may catch it', () => {
    for (const { file } of MUTANTS) expect(areaOf(file).tests).not.toEqual([]);
  });

  it('are noticed when the code has moved on', async () => {
    const gone = { ...MUTANTS[0]!, search: 'nobody writes this' };
    await expect(assertApplies(process.cwd(), gone)).rejects.toThrow(/is found 0 times in/);
  });
});
