import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { programFor, runCommandLine } from '../../functions/cli/program.ts';
import { targetOptionsOf } from '../../functions/cli/target-options.ts';
import { leaves } from './example-lines.ts';

/** The exit code and the standard output of a command. */
async function said(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const code = await runCommandLine(args);
  process.exitCode = undefined;
  write.mockRestore();
  return { code, text };
}

/** The commands that a help text lists. */
function listed(text: string): string[] {
  const section = text.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '';
  return [...section.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

describe('--help', () => {
  afterEach(() => vi.restoreAllMocks());

  it('of every command has its options, the target that it takes, and examples', async () => {
    const seen: string[] = [];
    const visit = async (words: string[]): Promise<void> => {
      const { code, text } = await said(...words, '--help');
      expect({ words, code }).toEqual({ words, code: 0 });
      const names = listed(text);
      for (const name of names) await visit([...words, name]);
      if (names.length > 0) return;
      seen.push(words.join(' '));
      for (const option of ['--json', '--debug']) expect(text, words.join(' ')).toContain(option);
      const [, target = ''] = text.split('\nWhich bot:\n');
      const options = [...target.split('\nExamples:\n')[0]!.matchAll(/^ {2}(--\w+) </gm)].map(
        ([, name]) => name,
      );
      const taken = targetOptionsOf(words.join(' ')).map((name) => `--${name}`);
      expect(options.sort(), words.join(' ')).toEqual(taken.sort());
      for (const option of taken) expect(text.split(`${option} <`).length, words.join(' ')).toBeLessThan(3);
      expect(text).toMatch(new RegExp(`\\nExamples:\\n {2}npx bot ${words.join(' ')}`));
    };
    await visit([]);
    expect(seen).toEqual(
      expect.arrayContaining([
        'start',
        'stop',
        'restart',
        'status',
        'release',
        'kb import',
        'kb gaps',
        'partitions set',
        'dead replay',
        'updates show',
        'secrets set',
        'webhook delete',
        'migrate',
        'doctor',
        'service install',
      ]),
    );
  });

  it('and README.md list the same commands', async () => {
    const { text } = await said('--help');
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, names = ''] = /once packed: ((?:`\w+`,?\s+)*`\w+`)/.exec(readme) ?? [];
    expect([...names.matchAll(/\w+/g)].map(String)).toEqual(listed(text));
  });

  it('has no sentence that begins as a question and asks nothing', async () => {
    const groups = (await programFor([])).commands.map((command) => command.description());
    const texts = (await leaves()).flatMap(({ command }) => [
      command.description(),
      ...command.registeredArguments.map(({ description }) => description),
      ...command.options.map(({ description }) => description),
    ]);
    expect(texts.length).toBeGreaterThan(200);
    const asking = /^(how|of|what|where|whether|which|who|whose|why)\b/i;
    expect([...groups, ...texts].filter((text) => asking.test(text))).toEqual([]);
  });
});
