import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

export const PROGRAM = 'program';
export const SEEDED = 'seeded';

declare module 'vitest' {
  interface ProvidedContext {
    packedCommandFolder: string;
  }
}

/** Vitest's global setup: a folder for what the test files of one run share, gone after the last of them. */
export default function setup(project: TestProject): () => void {
  // Inside the checkout, since packages are looked up from where the bundle lies.
  const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'packed-command-'));
  // Tests run it as another user as well.
  chmodSync(folder, 0o755);
  // As in the package: where no such file says it, Node.js reads each module twice to find out of which kind it is.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  project.provide('packedCommandFolder', folder);
  const clear = (): void => {
    for (const part of [PROGRAM, SEEDED]) rmSync(join(folder, part), { recursive: true, force: true });
  };
  project.onTestsRerun(() => Promise.resolve(clear()));
  return () => rmSync(folder, { recursive: true, force: true });
}
