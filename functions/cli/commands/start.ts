import type { Command } from 'commander';
import { runBot } from '../../local/run-bot.ts';
import { readSettings } from '../../settings/settings.ts';

interface StartOptions {
  port?: string;
  data?: string;
  webhook?: boolean;
}

/** `bot start`: the whole bot in this process. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('run the bot in this process until it is stopped')
    .option('--port <port>', 'port of the health check and of the webhook (PORT, 9876)')
    .option('--data <folder>', 'folder of the embedded store (BOT_DATA, .data)')
    .option('--webhook', 'serve POST /telegram/webhook instead of polling')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const env = {
    ...process.env,
    ...(options.port !== undefined && { PORT: options.port }),
    ...(options.data !== undefined && { BOT_DATA: options.data }),
  };
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await runBot({
    env,
    settings: readSettings(env),
    mode: options.webhook === true ? 'webhook' : 'polling',
    signal: stopping.signal,
    say,
    terminal: { input: process.stdin, write: (text) => process.stdout.write(text) },
  });
  say('✅ Bot stopped');
}
