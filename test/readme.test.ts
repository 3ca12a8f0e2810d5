import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const file = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** README.md, and the facts that it repeats of another document. */
describe('the README', () => {
  const readme = file('README.md');

  it('is read in a few minutes: 1,500 words as `wc -w` counts them', () => {
    const words = readme.split(/\s+/).filter((word) => word !== '');
    expect(words.length).toBeLessThanOrEqual(1500);
  });

  it('names the two sums of the tables of costs, which are the sums of their rows', () => {
    const tables = /\n## Costs\n(.+?)\n## /s.exec(file('infra/README.md'))?.[1]?.split('\n\n') ?? [];
    const sums = tables.flatMap((table) => {
      const cells = [...table.matchAll(/\| +(\**)(\d+\.\d\d)\1 +\|$/gm)].map(([, , usd]) => Number(usd));
      const sum = cells.pop();
      if (sum === undefined) return [];
      expect(cells.reduce((total, usd) => total + usd, 0)).toBeCloseTo(sum, 5);
      return [sum];
    });
    expect(sums).toHaveLength(2);
    const [perMillion, perMonth] = sums;
    expect(readme).toContain(`${perMonth} USD a month plus ${perMillion} USD per million updates`);
  });
});
