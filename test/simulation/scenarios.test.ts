import { describe, expect, it } from 'vitest';
import { SCENARIOS } from './scenarios/all.ts';

describe('in simulated histories of rare cases', () => {
  it.each(SCENARIOS.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    expect(await run()).toBeUndefined();
  });
});
