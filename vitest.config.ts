import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/cli/packed-command-folder.ts', './test/fixtures/shared-dynamodb.ts'],
    pool: 'forks',
    // Many tests wait for processes of their own or for a time to pass: two at once leave a core of two idle for half of the time.
    maxWorkers: 3,
    // Loading the same packages for each file anew took a fifth of the time; what a test changes of its process it restores.
    isolate: false,
    // The default of 16 MB for what is young is collected so often that a tenth of a run was spent on it, and the collector's
    // threads wait for each other where every core has work of its own.
    execArgv: ['--max-semi-space-size=128', '--single-threaded-gc'],
    // A machine that is busy with other work may take long: what hangs is ended, what is slow is not.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A second, as is usual, is nothing on a machine that is busy with other tests.
    expect: { poll: { timeout: 60_000 } },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // To transform the sources for each run anew took 12 s of a processor. The key of what is kept is the whole source, and the lockfile.
    experimental: { fsModuleCache: true },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
