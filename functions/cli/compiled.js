import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop, version } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/bot/', import.meta.url));
/** Nobody runs what was compiled of other sources so long ago, and loads more of it. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Compiles the checkout's command at once, which takes half the time of translating its modules one by one as they are
 * loaded. It is kept for as long as no source changes.
 * @returns {Promise<string | undefined>} the URL of the program, undefined where it cannot be kept
 */
export async function compiledCommand() {
  const folder = join(CACHE, fingerprint());
  const program = pathToFileURL(join(folder, 'bot.mjs')).href;
  try {
    if (!existsSync(folder)) await compileInto(folder);
    utimesSync(folder, new Date(), new Date());
  } catch {
    return undefined;
  }
  return program;
}

/** Changes with each source that is written, added or removed, and with how they are compiled. */
function fingerprint() {
  const hash = createHash('sha256').update(version);
  for (const name of readdirSync(SOURCES, { recursive: true }).map(String).sort()) {
    if (!name.endsWith('.ts') && !name.endsWith('compiled.js')) continue;
    const { mtimeMs, size } = statSync(join(SOURCES, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function compileInto(folder) {
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE)) {
    const old = join(CACHE, name);
    if (Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old, { recursive: true });
  }
  const unfinished = mkdtempSync(join(CACHE, 'unfinished-'));
  try {
    await build({
      entryPoints: [join(SOURCES, 'cli/bot.ts')],
      outdir: unfinished,
      bundle: true,
      splitting: true,
      format: 'esm',
      // No package.json says it there, and a Node.js that is too old could not say so.
      outExtension: { '.js': '.mjs' },
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [{ name: 'own-place', setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, inItsPlace) }],
    });
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Somebody else who starts now may have been quicker.
    if (!existsSync(folder)) throw error;
  } finally {
    await stop();
  }
}

/** A module finds the files beside its source, wherever it is compiled to. */
async function inItsPlace({ path }) {
  const source = await readFile(path, 'utf8');
  if (!source.includes('import.meta.url')) return undefined;
  const place = JSON.stringify(pathToFileURL(path).href);
  return { contents: source.replaceAll('import.meta.url', place), loader: 'ts' };
}
