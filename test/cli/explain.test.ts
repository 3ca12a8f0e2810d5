import { expect, it } from 'vitest';
import { explain } from '../../functions/cli/explain.ts';

it('names the way to a package that an updated checkout does not have yet', async () => {
  const missing = 'a-package-that-nobody-installed';
  const error: unknown = await import(missing).catch((thrown: unknown) => thrown);
  const words = explain(error, { args: [], debug: false });
  expect(words).toContain(missing);
  expect(words).toMatch(/^❌ .*\nInstall what the checkout needs: npm ci --include=dev$/);
});
