import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedCommand, seededFolder } from '../cli/packed-command.ts';
import { tryWay } from './try-way.ts';
import { WAYS } from './ways.ts';

// All of them are tried by `npm run two-starts`.
const QUICK = WAYS.filter(({ name }) =>
  ['another data folder', 'another machine', 'two machines at once'].includes(name),
);

describe('a second start with the same token', { concurrent: true, timeout: 120_000 }, () => {
  let root: string;
  let program: string;
  let template: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'two-starts-'));
    [program, template] = await Promise.all([packedCommand(), seededFolder()]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(QUICK)('is refused while the first goes on, and nobody is answered twice: $name', async (way) => {
    const tried = await tryWay(way, { program, root, template });
    expect(tried).toMatchObject({ twice: 0, never: 0 });
    expect(tried.found).toBeUndefined();
    expect(tried.asked).toBeGreaterThan(0);
  });
});
