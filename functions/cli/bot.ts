#!/usr/bin/env node
import { isSupportedNode, unsupportedNode } from '../settings/supported-node.ts';
import { listenForSignals } from './stop-signals.ts';

// Before anything else is loaded: a signal may come at once, and an older Node.js cannot load it.
listenForSignals();
if (!isSupportedNode(process.versions.node)) {
  process.stderr.write(`❌ ${unsupportedNode(process.versions.node)}\n`);
  process.exit(2);
}

// It says when the SDK leaves a version of Node.js; `bot doctor` and README.md say that of this program.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// A proxy for the internet, which Node.js asks with NODE_USE_ENV_PROXY=1, does not lead to the servers of this machine.
const direct = process.env['no_proxy'] === undefined ? 'NO_PROXY' : 'no_proxy';
process.env[direct] = [process.env[direct], 'localhost', '127.0.0.1', '[::1]'].filter(Boolean).join(',');

const { watchStandardOutput } = await import('./standard-output.ts');
watchStandardOutput();
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
