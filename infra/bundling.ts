import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { WITH_PACKAGES } from '../functions/settings/bundling.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Parts of the SDK that no function reaches, and a seventh of each bundle: the links of its credential chain that come
 * after the environment, where Lambda puts them, streams of events, of which DynamoDB has none, and browsers.
 */
const UNREACHED = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-login',
  '@smithy/credential-provider-imds',
  '@smithy/core/event-streams',
  'bowser',
];

/**
 * How esbuild bundles a function: into `index.mjs`, which Lambda loads, and chunks that are loaded when they are needed.
 * A test that asks what is different in a bundle makes its own with it.
 */
export const BUNDLING = {
  ...WITH_PACKAGES,
  // The name of a chunk depends on those of its sources, which so are the same wherever the checkout is.
  absWorkingDir: ROOT,
  preserveSymlinks: true,
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  outExtension: { '.js': '.mjs' },
  target: 'node24',
  minify: true,
  external: UNREACHED,
} satisfies BuildOptions;
