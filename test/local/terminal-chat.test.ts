import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bot } from 'grammy/web';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { startTerminalChat, TERMINAL_USER, type TerminalChat } from '../../functions/local/terminal-chat.ts';

const TOKEN = '78:terminal-chat-test';

describe('the chat in the terminal', () => {
  let server: BotApiServer;
  let chat: TerminalChat;
  let input: PassThrough;
  let written: string;
  let bot: Bot;

  beforeEach(async () => {
    server = await startBotApiServer({
      bots: { [TOKEN]: { id: 78, username: 'chat_bot', first_name: 'C' } },
    });
    input = new PassThrough();
    written = '';
    chat = startTerminalChat({ server, input, write: (text) => (written += text) });
    bot = new Bot(TOKEN, { client: { apiRoot: server.apiRoot } });
  });
  afterEach(async () => {
    chat.close();
    await server.close();
  });

  it('shows an answer, and presses the button whose number is typed', async () => {
    input.write('hello\n');
    await server.until('the message', () => server.messages(TERMINAL_USER.id).length === 1);
    await bot.api.sendMessage(TERMINAL_USER.id, 'pick one', {
      reply_markup: {
        inline_keyboard: [
          [
            { text: 'Left', callback_data: 'l' },
            { text: 'Right', callback_data: 'r' },
          ],
        ],
      },
    });
    expect(written).toContain('pick one\n  [1] Left\n  [2] Right');
    input.write('2\n');
    const press = await server.until('the press', () =>
      server.pendingUpdates().find((update) => update.callback_query !== undefined),
    );
    expect(press.callback_query?.data).toBe('r');
  });

  it('still shows the answer to what was asked before the input ended', async () => {
    input.end('hello\n');
    await server.until('the message', () => server.messages(TERMINAL_USER.id).length === 1);
    await sleep(20);
    await bot.api.sendMessage(TERMINAL_USER.id, 'here you are');
    expect(written).toContain('here you are');
  });
});
