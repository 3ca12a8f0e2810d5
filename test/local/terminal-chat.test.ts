import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bot } from 'grammy/web';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { startTerminalChat, TERMINAL_USER, type TerminalChat } from '../../functions/local/terminal-chat.ts';

const TOKEN = '78:terminal-chat-test';
/** For a machine that is busy with other tests. */
const PATIENCE = { timeout: 20_000 };

describe('the chat in the terminal', () => {
  let server: BotApiServer;
  let chat: TerminalChat;
  let input: PassThrough;
  let written: string;
  let bot: Bot;
  const leave = vi.fn();

  beforeEach(async () => {
    server = await startBotApiServer({
      bots: { [TOKEN]: { id: 78, username: 'chat_bot', first_name: 'C' } },
    });
    input = new PassThrough();
    written = '';
    leave.mockReset();
    chat = startTerminalChat({ server, ...terminal() });
    bot = new Bot(TOKEN, { client: { apiRoot: server.apiRoot } });
  });
  afterEach(async () => {
    chat.close();
    await server.close();
  });

  const terminal = () => ({ input, write: (text: string) => (written += text), leave });
  const asked = () => server.messages(TERMINAL_USER.id).map(({ text }) => text);
  const typed = async (keys: string, ...texts: string[]): Promise<void> => {
    input.write(keys);
    await server.until(`${texts.length} messages`, () => asked().length === texts.length);
    expect(asked()).toStrictEqual(texts);
  };
  const offer = (...labels: string[]) =>
    bot.api.sendMessage(TERMINAL_USER.id, 'pick one', {
      reply_markup: { inline_keyboard: [labels.map((text) => ({ text, callback_data: text }))] },
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
    expect(written).not.toContain('has ended');
  });

  it('presses the buttons that are there still when a message without any follows, and sends no number that none has', async () => {
    await offer('Left', 'Right');
    await bot.api.sendMessage(TERMINAL_USER.id, 'by the way');
    input.write('3\n');
    const refused = 'no button 3 is here: 1 to 2. To ask for 3: /kb_search 3';
    await vi.waitFor(() => expect(written).toContain(refused), PATIENCE);
    input.write('1\n');
    await server.until('the press', () =>
      server.pendingUpdates().find(({ callback_query: press }) => press?.data === 'Left'),
    );
    expect(asked()).toStrictEqual(['pick one', 'by the way']);
  });

  it('sends a number where there is no button at all', async () => {
    await typed('22\n', '22');
  });

  it.each(['/quit', 'exit', 'Quit'])('ends the bot at %s', async (text) => {
    input.write(`${text}\n`);
    await vi.waitFor(() => expect(leave).toHaveBeenCalledOnce(), PATIENCE);
    expect(asked()).toStrictEqual([]);
  });

  describe('that somebody sees', () => {
    let shown: string;

    beforeEach(() => {
      chat.close();
      input = new PassThrough();
      const output = new PassThrough();
      shown = '';
      output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      chat = startTerminalChat({ server, ...terminal(), output });
    });

    it('calls back an earlier line, lets it be edited, and completes a command', async () => {
      await typed('hello\r', 'hello');
      await typed('\x1b[A\x7fa\r', 'hello', 'hella');
      for (const keys of ['/kb_st', '\t']) input.write(keys);
      await vi.waitFor(() => expect(shown).toContain('/kb_stats'), PATIENCE);
      await typed('\r', 'hello', 'hella', '/kb_stats');
    });

    it('shows again what is being typed when an answer comes', async () => {
      input.write('a long ques');
      await vi.waitFor(() => expect(shown).toContain('a long ques'), PATIENCE);
      shown = '';
      await bot.api.sendMessage(TERMINAL_USER.id, 'by the way');
      await vi.waitFor(() => expect(shown).toContain('a long ques'), PATIENCE);
    });

    it('ends the bot at Ctrl+C, and says at Ctrl+D that only the chat has ended', async () => {
      input.write('\x03');
      await vi.waitFor(() => expect(leave).toHaveBeenCalledOnce(), PATIENCE);
      input.write('\x04');
      await vi.waitFor(() => expect(written).toContain('The bot runs on; Ctrl+C stops it'), PATIENCE);
      expect(leave).toHaveBeenCalledOnce();
    });
  });
});
