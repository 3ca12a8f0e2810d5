import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FRESH_MS } from '../../functions/status/check.ts';

const FOLDER = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const WORKFLOWS = readdirSync(FOLDER).map((name) => [name, readFileSync(FOLDER + name, 'utf8')] as const);

describe.each(WORKFLOWS)('the workflow %s', (_name, text) => {
  it('names every action by commit and says which version that is, or by major version', () => {
    // A workflow of this repository has no version but its own.
    const uses = [...text.matchAll(/uses: (?!\.\/)(\S+)(.*)$/gm)];
    expect(uses.length).toBeGreaterThan(0);
    for (const [, action, comment] of uses) {
      expect(`${action}${comment}`).toMatch(/@([0-9a-f]{40} # v\d+\.\d+\.\d+|v\d+)$/);
    }
  });

  it('says what it may do, and holds no key of AWS', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read/m);
    expect(text).not.toMatch(/AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID|secrets\./);
  });

  it('ends by itself', () => {
    const jobs = [...text.matchAll(/runs-on:/g)].length;
    expect([...text.matchAll(/timeout-minutes:/g)]).toHaveLength(jobs);
  });
});

describe('the smoke test of a deployment', () => {
  it('outlasts an error that Telegram met while the versions changed', () => {
    const deploy = WORKFLOWS.find(([name]) => name === 'deploy.yml')?.[1] ?? '';
    const [tries, pauseSeconds] = [/seq (\d+)/, /sleep (\d+)/].map((of) => Number(of.exec(deploy)?.[1]));
    expect(tries! * pauseSeconds! * 1_000).toBeGreaterThan(FRESH_MS + 60_000);
  });
});
