import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { targetOptionsOf } from '../../functions/cli/target-options.ts';
import { runCommandLine } from '../../functions/cli/program.ts';
import { leaves } from './example-lines.ts';
import { reachedFrom } from './reached.ts';

/** The words of the code that read each option's value, wherever a target carries it. */
const READ_AS = {
  data: /\bdataFolder\b/,
  port: /\bsettings\.port\b|\benv\['PORT'\]/,
  table: /\btableName\b|\['TABLE_NAME'\]/,
  stack: /\btableName\b|\bsecretsKeyArn\b|\blogGroups\b|\bwebhookUrl\b/,
  url: /\bwebhookUrl\b|\bhealthUrl\b/,
} as const;
/** Every command comes to them, and they read every option. */
const STOPS = new Set(['defineCommand', 'resolveTarget', 'readSettings']);
/** They work on a table, and begin a process of this machine. */
const OF_THIS_MACHINE = ['restart', 'service install'];

const OPTIONS = Object.keys(READ_AS) as (keyof typeof READ_AS)[];
const byName = <T extends string>(names: readonly T[]): T[] => [...names].sort();

describe('the options that say which bot is meant', () => {
  let commands: string[];
  beforeAll(async () => {
    commands = (await leaves()).map(({ words }) => words.join(' '));
  });
  afterEach(() => vi.restoreAllMocks());

  it('are taken by the commands whose code reads them, and by no others', () => {
    for (const command of commands) {
      const texts = reachedFrom(`functions/cli/commands/${command.replace(' ', '/')}.ts`, 'define', STOPS);
      const read = OPTIONS.filter((option) => texts.some((text) => READ_AS[option].test(text))).filter(
        (option) => option !== 'stack' || !OF_THIS_MACHINE.includes(command),
      );
      const taken = targetOptionsOf(command).filter((option) => option !== 'bot');
      expect({ command, taken: byName(taken) }).toEqual({ command, taken: byName(read) });
    }
    expect(commands.length).toBeGreaterThan(30);
  });

  async function refusal(line: string): Promise<{ code: number; told: string }> {
    let told = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((told += String(text)), true));
    const code = await runCommandLine(line.split(' '));
    return { code, told };
  }

  it('are refused by name where they mean nothing', async () => {
    for (const command of commands)
      for (const option of OPTIONS.filter((each) => !targetOptionsOf(command).includes(each))) {
        const { code, told } = await refusal(`${command} --${option} 5`);
        expect({ command, code }).toEqual({ command, code: 2 });
        expect(told, command).toContain(`unknown option '--${option}'`);
      }
  });

  it.each([
    ['status --stack S --url http://a', '--stack'],
    ['status --stack S --table T', '--table'],
    ['status --stack S --data D', '--data'],
    ['status --url http://a --port 1', '--port'],
    ['doctor --stage prod --data D', '--stage'],
    ['secrets set token --stage prod --stack S', '--stage'],
  ])('are refused where they contradict each other: %s', async (line, named) => {
    const { code, told } = await refusal(line);
    expect(code).toBe(2);
    expect(told).toMatch(new RegExp(`option '${named} <\\w+>' cannot be used with option`));
  });
});
