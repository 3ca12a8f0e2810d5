import type { Command } from 'commander';
import { UsageError } from './usage-error.ts';

type Env = Record<string, string | undefined>;

/**
 * `npm run bot kb import a.json --replace`: without a `--` of its own before them npm takes the options for itself,
 * tells of it in variables, and the command would do something else than what was typed.
 * @throws UsageError with the line that does what was meant
 */
export function assertNothingSwallowed(program: Command, args: readonly string[], env: Env): void {
  const { npm_command: npmCommand = '', npm_lifecycle_event: script = '' } = env;
  if (!['run', 'run-script', 'start'].includes(npmCommand)) return;
  const taken = optionsOf(program).filter((name) => !args.includes(name) && isTaken(name, env));
  if (taken.length === 0) return;
  const meant =
    npmCommand === 'start' ? 'npm start -- --port 9900' : `npm run ${script} -- ${args[0] ?? ''} ...`;
  throw new UsageError(
    `npm has kept ${taken.join(' and ')} for itself, so the command would do something else than what was typed. ` +
      `Write -- before the options for the bot, as in ${meant}, or use npx bot, which needs no --`,
  );
}

/** Which a user or a CI system may have set for npm's own sake. */
const NPM_OWN = new Set(['--yes', '--version', '--help']);
/** npm completes a word that only one of its own options begins with; shorter ones begin several. */
const SHORTEST_COMPLETED = 5;

function isTaken(option: string, env: Env): boolean {
  if (NPM_OWN.has(option)) return false;
  const name = `npm_config_${option.slice(2).replaceAll('-', '_')}`;
  const value = env[name];
  if (value !== undefined && value !== '' && value !== 'false') return true;
  // Completed, npm's option has a value that nobody gave to it: what came next, or none.
  const isCompletion = (other: string): boolean => other.startsWith(name) && other !== name;
  return (
    option.length - 2 >= SHORTEST_COMPLETED &&
    Object.entries(env).some(
      ([other, given = '']) => isCompletion(other) && (given === 'true' || given.startsWith('--')),
    )
  );
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return [...new Set([...own, ...command.commands.flatMap(optionsOf)])];
}
