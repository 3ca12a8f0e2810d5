import { readFileSync } from 'node:fs';

/** Put in by the bundlers (./build-id.ts); absent where the sources themselves run. */
declare const BUILD_ID: string | undefined;

/**
 * The name of this version in `/health`, `/status` and the stack's output: `1.0.0+3f2a9c1d5e6b` where it was bundled,
 * and package.json's `1.0.0` where it was not.
 */
export const VERSION = typeof BUILD_ID === 'string' ? BUILD_ID : packageVersion();

function packageVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
