import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** No dependencies of the project; they are measured with the project's own AWS SDK, which they find above them. */
const PEERS: Record<string, string> = {
  '@aws-lambda-powertools/idempotency': '2.35.0',
  '@deliveryhero/dynamodb-lock': '2.0.0',
};
/** Scratch, which `npm ci` removes. */
const FOLDER = join(process.cwd(), 'node_modules', '.cache', 'bench-peers');

export const PEER_VERSIONS = Object.entries(PEERS)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ');

/** Installs what is not there yet, and loads it. */
export async function loadPeer<Module>(name: keyof typeof PEERS, path = ''): Promise<Module> {
  installPeers();
  const file = createRequire(join(FOLDER, 'package.json')).resolve(`${name}${path}`);
  return (await import(pathToFileURL(file).href)) as Module;
}

function installPeers(): void {
  const isThere = Object.entries(PEERS).every(([name, version]) => {
    const manifest = join(FOLDER, 'node_modules', name, 'package.json');
    return existsSync(manifest) && readFileSync(manifest, 'utf8').includes(`"version": "${version}"`);
  });
  if (isThere) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS }));
  const how = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', ['install', ...how], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
}
