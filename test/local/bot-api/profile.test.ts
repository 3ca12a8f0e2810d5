import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall, type RawAnswer } from './raw-call.ts';

let server: BotApiServer;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  server.user(ada);
});

afterEach(() => server.close());

const call = (method: string, payload: object = {}): Promise<RawAnswer> => rawCall(server, method, payload);
const refusal = (reason: string) => ({ status: 400, description: `Bad Request: ${reason}` });
const command = (name: string, description = 'Does something') => ({ command: name, description });

describe('command menus', () => {
  test('are kept by scope and language', async () => {
    const scope = { type: 'chat', chat_id: ada.id };
    await call('setMyCommands', { commands: [command('start')] });
    await call('setMyCommands', { commands: [command('starten')], language_code: 'de' });
    await call('setMyCommands', { commands: [command('kb_upload')], scope });
    expect(await call('getMyCommands')).toMatchObject({ result: [command('start')] });
    expect(await call('getMyCommands', { language_code: 'de' })).toMatchObject({
      result: [command('starten')],
    });
    expect(await call('getMyCommands', { scope })).toMatchObject({ result: [command('kb_upload')] });
    expect(await call('getMyCommands', { scope: { type: 'all_private_chats' } })).toMatchObject({
      result: [],
    });
    await call('deleteMyCommands', { scope });
    expect(await call('getMyCommands', { scope })).toMatchObject({ result: [] });
    expect(await call('getMyCommands')).toMatchObject({ result: [command('start')] });
  });

  test.each([
    [
      'more than 100',
      Array.from({ length: 101 }, (_, n) => command(`c${n}`)),
      "there can't be more than 100 bot commands",
    ],
    ['a name of 33 characters', [command('x'.repeat(33))], 'command length must not exceed 32'],
    ['an upper case name', [command('Start')], 'BOT_COMMAND_INVALID'],
    ['a name with a dash', [command('kb-search')], 'BOT_COMMAND_INVALID'],
    ['an empty name', [command('')], 'command must be non-empty'],
    ['no description', [command('start', ' ')], 'command description must be non-empty'],
    [
      'a description of 257 characters',
      [command('start', 'x'.repeat(257))],
      'command description length must not exceed 256',
    ],
    ['no list', { start: 'x' }, 'expected an Array of BotCommand'],
  ])('with %s are refused', async (_, commands, reason) => {
    expect(await call('setMyCommands', { commands })).toMatchObject(refusal(reason));
  });

  test('may hold 100 commands, names of 32 and descriptions of 256 characters', async () => {
    const commands = Array.from({ length: 100 }, (_, n) => command(`c${n}`.padEnd(32, '_'), 'x'.repeat(256)));
    expect(await call('setMyCommands', { commands })).toMatchObject({ ok: true });
  });

  test.each([
    [
      'an unknown scope',
      { scope: { type: 'everywhere' } },
      "can't parse BotCommandScope: Unsupported type specified",
    ],
    ['an unknown chat', { scope: { type: 'chat', chat_id: 999 } }, 'chat not found'],
    ['a strange language', { language_code: 'deutsch' }, 'invalid language code specified'],
  ])('for %s are refused', async (_, payload, reason) => {
    expect(await call('setMyCommands', { commands: [command('start')], ...payload })).toMatchObject(
      refusal(reason),
    );
  });
});

describe.each([
  ['Description', 'description', 512],
  ['ShortDescription', 'short_description', 120],
  ['Name', 'name', 64],
])('the %s of a bot', (method, field, length) => {
  test('is kept by language and falls back to that for all', async () => {
    await call(`setMy${method}`, { [field]: 'General' });
    await call(`setMy${method}`, { [field]: 'Deutsch', language_code: 'de' });
    expect(await call(`getMy${method}`, { language_code: 'de' })).toMatchObject({
      result: { [field]: 'Deutsch' },
    });
    expect(await call(`getMy${method}`, { language_code: 'fr' })).toMatchObject({
      result: { [field]: 'General' },
    });
    await call(`setMy${method}`, { language_code: 'de' });
    expect(await call(`getMy${method}`, { language_code: 'de' })).toMatchObject({
      result: { [field]: 'General' },
    });
  });

  test(`has at most ${length} characters`, async () => {
    expect(await call(`setMy${method}`, { [field]: 'x'.repeat(length) })).toMatchObject({ ok: true });
    expect(await call(`setMy${method}`, { [field]: 'x'.repeat(length + 1) })).toMatchObject({ status: 400 });
  });
});
