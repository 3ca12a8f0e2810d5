import type { BuildOptions } from 'esbuild';
import { WITH_PACKAGES } from '../functions/settings/bundling.ts';

/**
 * Links of the SDK's credential chain that come after the environment, where Lambda puts them: never reached there,
 * and a tenth of each bundle.
 */
const UNREACHED = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-login',
  '@smithy/credential-provider-imds',
];

/** How esbuild makes the bundle of a function; a test that asks what is different in a bundle makes its own with it. */
export const BUNDLING = {
  ...WITH_PACKAGES,
  target: 'node24',
  minify: true,
  external: UNREACHED,
} satisfies BuildOptions;
