import type { BuildOptions } from 'esbuild';

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
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  external: UNREACHED,
  alias: {
    // One copy of grammY, the one without Node's polyfills: its plugins ask for the other.
    grammy: 'grammy/web',
    'grammy/web': 'grammy/web',
    // A plugin's log for developers, without the looks of a terminal, as grammY's own is.
    debug: 'debug/src/browser.js',
  },
  // Dependencies that are CommonJS ask for Node's modules at run time: https://github.com/evanw/esbuild/issues/1921
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
} satisfies BuildOptions;
