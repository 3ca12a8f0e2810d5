#!/usr/bin/env node
import { runCommandLine } from './program.ts';
import { watchStandardOutput } from './standard-output.ts';

// The SDK's word about future versions is for whoever updates package.json, not for whoever runs the bot.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

watchStandardOutput();
process.exitCode = await runCommandLine(process.argv.slice(2));
