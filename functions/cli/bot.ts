#!/usr/bin/env node
import { runCommandLine } from './program.ts';

// The SDK's word about future versions is for whoever updates package.json, not for whoever runs the bot.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `bot kb export | head` has read enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2));
