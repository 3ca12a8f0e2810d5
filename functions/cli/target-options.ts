import { InvalidArgumentError, Option } from 'commander';
import type { TargetOptions } from './target.ts';

type TargetOption = keyof TargetOptions;

/** One of them names the store, and nothing but the store is asked. */
const STORE = ['data', 'table', 'stack'] as const satisfies TargetOption[];
const BOT_IN_STORE = [...STORE, 'bot'] as const satisfies TargetOption[];
/** A bot at work: its store, its processes on this machine, and the addresses at which it answers. */
const BOT = ['data', 'port', 'table', 'stack', 'url'] as const satisfies TargetOption[];

/** The options that mean something to a command, or to all of its kind. */
const TAKEN: Readonly<Record<string, readonly TargetOption[]>> = {
  start: BOT,
  stop: ['data', 'table', 'stack', 'url', 'bot'],
  restart: ['data', 'port', 'table'],
  status: [...BOT, 'bot'],
  logs: ['data', 'stack'],
  release: BOT_IN_STORE,
  kb: STORE,
  'kb example': [],
  'kb schema': [],
  partitions: BOT_IN_STORE,
  dead: BOT_IN_STORE,
  'dead replay': [...BOT, 'bot'],
  updates: BOT_IN_STORE,
  users: BOT_IN_STORE,
  secrets: ['stack'],
  'webhook info': ['stack', 'url'],
  'webhook set': [...STORE, 'url'],
  'webhook delete': STORE,
  migrate: BOT,
  doctor: [...BOT, 'bot'],
  'service install': ['data', 'port', 'table'],
  'service uninstall': ['data'],
  'service status': [],
};

/** @param command its words, and any that follow them */
export function targetOptionsOf(command: string): readonly TargetOption[] {
  const [group = '', name = ''] = command.split(' ');
  return TAKEN[`${group} ${name}`] ?? TAKEN[group] ?? [];
}

/** For the help and the parser of a command, which refuses those of a target that contradict each other. */
export function targetOptionsFor(command: string): Option[] {
  const taken = targetOptionsOf(command);
  const made: Readonly<Record<TargetOption, () => Option>> = {
    bot: () =>
      new Option('--bot <id>', 'the bot by its id, where several have run over one store').argParser(
        parseBotId,
      ),
    data: () =>
      new Option('--data <folder>', 'data folder of a bot on this machine (BOT_DATA, .data)').conflicts([
        'stack',
        'url',
      ]),
    table: () =>
      new Option('--table <name>', 'DynamoDB table instead of the data folder (TABLE_NAME)').conflicts(
        'stack',
      ),
    stack: () => new Option('--stack <name>', 'a deployed stack, e.g. AgentFactoryBot-prod').conflicts('url'),
    url: () =>
      new Option(
        '--url <url>',
        'a deployment by its URL (of a stack: its output WebhookUrl); with --table where the table is needed',
      ),
    port: () =>
      new Option('--port <port>', 'port of its health check and webhook (PORT, 9876)')
        .argParser(parsePort)
        .conflicts(['stack', 'url']),
  };
  const all = Object.keys(made) as TargetOption[];
  return all.filter((name) => taken.includes(name)).map((name) => made[name]().helpGroup('Which bot:'));
}

function parseBotId(text: string): string {
  if (/^[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('A bot id is the number before the colon of its token.');
}

function parsePort(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
