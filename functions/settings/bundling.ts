import type { BuildOptions } from 'esbuild';

/** How esbuild puts the packages of others into a program for Node.js: a function's one file, or the packed command. */
export const WITH_PACKAGES = {
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  alias: {
    // One copy of grammY, the one without Node's polyfills: its plugins ask for the other.
    grammy: 'grammy/web',
    'grammy/web': 'grammy/web',
    // A plugin's log for developers, without the looks of a terminal, as grammY's own is.
    debug: 'debug/src/browser.js',
  },
  // Dependencies that are CommonJS ask for Node's modules at run time: https://github.com/evanw/esbuild/issues/1921
  banner: {
    js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);",
  },
} satisfies BuildOptions;
