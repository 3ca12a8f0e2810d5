import { chmodSync } from 'node:fs';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import type { BotProcess, StartOptions } from './bot-process.ts';
import type { Questions } from './questions.ts';

export interface Ground {
  server: BotApiServer;
  questions: Questions;
  folder: () => string;
  start: (options: StartOptions) => BotProcess;
  /** The Bot API as another machine reaches it. */
  elsewhere: string;
}

export interface Way {
  name: string;
  /** @returns why it cannot be tried here */
  unless?: () => string | undefined;
  /** @returns the fact that was not as it must be */
  run: (ground: Ground) => Promise<string | undefined>;
}

const RUNNING = 'Bot is running';
const REFUSED = 'Bot is already running!';
const IN_USE = "Somebody else has this bot's token";
const NOBODY = 65534;
/** After the other has begun; either looks for five seconds. */
const GIVES_WAY_WITHIN_MS = 30_000;

/** The first runs, people ask, the second comes: it is refused, and the first goes on. */
function refusedSecond(
  name: string,
  second: (ground: Ground, first: string) => StartOptions,
  said = REFUSED,
): Way {
  return {
    name,
    run: async (ground) => {
      const data = ground.folder();
      const first = ground.start({ args: ['--data', data] });
      await first.says(RUNNING);
      ground.questions.begin();
      const other = ground.start(second(ground, data));
      const code = await other.ended;
      if (code !== 1 || !other.output.includes(said))
        return `the second ended with ${code}: ${other.output.slice(0, 300)}`;
      return first.runs ? undefined : `the first ended: ${first.output.slice(-300)}`;
    },
  };
}

/** Both at once: at most one of them runs. */
function atOnce(name: string, elsewhere: boolean): Way {
  return {
    name,
    run: async (ground) => {
      ground.questions.ask(10);
      const env: Record<string, string> = elsewhere ? { TELEGRAM_API_ROOT: ground.elsewhere } : {};
      const both = [
        ground.start({ args: ['--data', ground.folder()] }),
        ground.start({ args: ['--data', ground.folder()], env }),
      ];
      await Promise.race(both.map((each) => each.says(RUNNING).catch(() => {})));
      ground.questions.begin();
      const late = new Promise((resolve) => setTimeout(resolve, GIVES_WAY_WITHIN_MS).unref());
      await Promise.race([...both.map((each) => each.ended), late]);
      const running = both.filter((each) => each.runs);
      if (running.length > 1) return 'both run';
      await running[0]?.says(RUNNING);
      // Either may have given way to the other; the next one that starts finds the token free.
      if (running.length === 0) await ground.start({ args: ['--data', ground.folder()] }).says(RUNNING);
      return undefined;
    },
  };
}

export const WAYS: readonly Way[] = [
  refusedSecond('another data folder', ({ folder }) => ({ args: ['--data', folder()] })),
  refusedSecond('the same data folder', (_, first) => ({ args: ['--data', first] })),
  refusedSecond('another current folder, no --data', ({ folder }) => ({ args: [], cwd: folder() })),
  refusedSecond('another home folder', ({ folder }) => ({
    args: ['--data', folder()],
    env: { HOME: folder() },
  })),
  refusedSecond('behind a webhook, another data folder', ({ folder }) => ({
    args: ['--webhook', '--data', folder()],
  })),
  {
    ...refusedSecond('another user of the machine', ({ folder }) => {
      const data = folder();
      chmodSync(data, 0o777);
      return { args: ['--data', data], uid: NOBODY };
    }),
    unless: () => (process.getuid?.() === 0 ? undefined : 'it needs root to become another user'),
  },
  refusedSecond('the same server by another name', ({ folder, server }) => ({
    args: ['--data', folder()],
    env: { TELEGRAM_API_ROOT: server.apiRoot.replace('127.0.0.1', 'localhost') },
  })),
  refusedSecond(
    'another machine',
    ({ folder, elsewhere }) => ({ args: ['--data', folder()], env: { TELEGRAM_API_ROOT: elsewhere } }),
    IN_USE,
  ),
  atOnce('two data folders at once', false),
  atOnce('two machines at once', true),
  {
    name: 'standing by with another data folder, then the first stops',
    run: async (ground) => {
      const first = ground.start({ args: ['--data', ground.folder()] });
      await first.says(RUNNING);
      ground.questions.begin();
      const standby = ground.start({ args: ['--standby', '--data', ground.folder()] });
      await standby.says('Standing by: the bot is run by');
      first.child.kill('SIGTERM');
      await standby.says(RUNNING);
      return undefined;
    },
  },
  {
    name: 'standing by on another machine, then the first stops',
    run: async (ground) => {
      const first = ground.start({ args: ['--data', ground.folder()] });
      await first.says(RUNNING);
      ground.questions.begin();
      const env = { TELEGRAM_API_ROOT: ground.elsewhere };
      const standby = ground.start({ args: ['--standby', '--data', ground.folder()], env });
      await standby.says('Standing by: the token is in use');
      if (!first.runs) return 'the first ended';
      first.child.kill('SIGTERM');
      await standby.says(RUNNING);
      return undefined;
    },
  },
];
