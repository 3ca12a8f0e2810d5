import { describe, expect, it } from 'vitest';
import { validRecord } from '../fixtures/foreign-atoms.ts';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

describe('a command in a process that stays', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it.each([
    // None that tells of other bots of this machine: other tests start and stop some meanwhile.
    ['kb stats'],
    ['kb get siemens:S7-1200:motor-control'],
    ['kb check -'],
    ['kb schema'],
    ['kb export -'],
    ['dead list --table nothing'],
    ['webhook info --json'],
    ['kb frobnicate'],
  ])('prints and returns the same as in one of its own: %s', async (line) => {
    const input = JSON.stringify(validRecord('acme:press:one'));
    const run = async (how: typeof bot.run) => {
      const cwd = bot.dataFolder();
      const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', BOT_DATA: cwd, PORT: '1' };
      const ran = await how(line.split(' '), { cwd, env, input });
      return JSON.parse(JSON.stringify(ran).replaceAll(cwd, '')) as unknown;
    };
    expect(await run(bot.ask)).toEqual(await run(bot.run));
  });
});
