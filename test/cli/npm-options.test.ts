import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { assertNothingSwallowed } from '../../functions/cli/npm-options.ts';

const program = new Command('bot');
program
  .command('import')
  .option('--replace', '')
  .option('--data <folder>', '')
  .option('--port <port>', '')
  .option('--yes', '');

const called = (args: string[], env: Record<string, string>) => () =>
  assertNothingSwallowed(program, args, env);
const RUN = { npm_command: 'run', npm_lifecycle_event: 'bot' };

describe('an option that npm took for itself', () => {
  it.each([
    ['kept under its name', { ...RUN, npm_config_data: '/srv/bot' }, '--data'],
    ['completed to one of npm’s', { ...RUN, npm_config_replace_registry_host: 'true' }, '--replace'],
    [
      'completed, with what came next as its value',
      { ...RUN, npm_config_replace_registry_host: '--data' },
      '--replace',
    ],
    [
      'of npm start',
      { npm_command: 'start', npm_lifecycle_event: 'start', npm_config_port: 'true' },
      '--port',
    ],
  ])('is refused with the line that does what was meant: %s', (_, env, option) => {
    expect(called(['import', 'a.json'], env)).toThrow(`npm has kept ${option} for itself`);
    expect(called(['import', 'a.json'], env)).toThrow(/npm (run bot|start) -- /);
  });

  it.each([
    ['it was given to the command as well', ['import', '--data', 'x'], { ...RUN, npm_config_data: 'x' }],
    [
      'npm has settings of its own',
      ['import'],
      { ...RUN, npm_config_replace_registry_host: 'never', npm_config_yes: 'true' },
    ],
    ['npm unset it', ['import'], { ...RUN, npm_config_data: '' }],
    ['nobody came through npm', ['import'], { npm_config_data: 'x' }],
    [
      'it came through npx',
      ['import'],
      { npm_command: 'exec', npm_lifecycle_event: 'npx', npm_config_data: 'x' },
    ],
  ])('is none where %s', (_, args, env) => {
    expect(called(args, env)).not.toThrow();
  });
});
