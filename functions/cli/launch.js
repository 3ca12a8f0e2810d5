#!/usr/bin/env node
// The one way in, for npm, npx and those who type `bot`: in the checkout the sources, packed what was bundled of them.
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';

// A signal may come before anything else is loaded; bot.ts takes over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => process.exit(128 + os.constants.signals[signal]));

// A file of variables in the current folder, as many programs have it; set to nothing, none is read.
process.env['BOT_ENV_FILE'] ??= '.env';

const source = new URL('./bot.ts', import.meta.url);
if (existsSync(source)) {
  const { compiledCommand } = await import('./compiled.js').catch(cannotRun);
  const program = await compiledCommand();
  if (program === undefined) await translateAsItLoads();
  else process.setSourceMapsEnabled(true);
  await import(program ?? source.href);
} else await import(new URL('../../dist/bot.js', import.meta.url).href);

/** Slower, and needs no place in the checkout: where that cannot be written to, or does not compile. */
async function translateAsItLoads() {
  try {
    accessSync(os.tmpdir(), constants.W_OK);
  } catch {
    // tsx would keep what it has translated there.
    process.env['TSX_DISABLE_CACHE'] ??= '1';
  }
  const { register } = await import('tsx/esm/api').catch(cannotRun);
  register();
}

function cannotRun(error) {
  process.stderr.write(
    `❌ The checkout cannot run: ${error.message}\nInstall what it needs, also with NODE_ENV=production: npm ci --include=dev\n`,
  );
  process.exit(2);
}
