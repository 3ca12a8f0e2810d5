#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../settings/version.ts';
import { startCommand } from './commands/start.ts';

// The SDK's word about future versions is for whoever updates package.json, not for whoever runs the bot.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const program = new Command('bot').description('Runs and operates the Agent Factory bot').version(VERSION);
startCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
