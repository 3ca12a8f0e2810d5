import { createInterface } from 'node:readline';
import type { InlineKeyboardButton, Message } from 'grammy/types';
import type { BotApiServer } from './bot-api/types.ts';
import { LOCAL_PEOPLE } from './local-bot.ts';

/** The person at the terminal, as the local Bot API server knows them. */
export const TERMINAL_USER = LOCAL_PEOPLE[0];

export interface TerminalChat {
  close(): void;
}

/**
 * A chat with the bot on standard input and output: a line is a message, a number presses the button of that number
 * under the bot's latest message. The end of the input ends the asking and nothing else: what was asked is answered.
 */
export function startTerminalChat(options: {
  server: BotApiServer;
  input: NodeJS.ReadableStream;
  write: (text: string) => void;
}): TerminalChat {
  const { server, input, write } = options;
  server.user(TERMINAL_USER);
  let latest: Message | undefined;

  const show = (message: Message): void => {
    if (message.chat.id !== TERMINAL_USER.id || message.from?.is_bot !== true) return;
    latest = message;
    write(`\n${rendered(message)}\n`);
  };
  const unsubscribe = server.subscribe((event) => {
    if (event.type === 'message-sent' || event.type === 'message-edited') show(event.message);
    if (event.type === 'callback-answered' && event.answer.text !== '') write(`\n(${event.answer.text})\n`);
    if (event.type === 'state-not-kept')
      write(`\n(${event.reason}. Until it can be, this chat is forgotten when the bot ends)\n`);
  });

  const lines = createInterface({ input });
  lines.on('line', (line) => {
    const text = line.trim();
    if (text === '') return;
    const button = /^\d{1,2}$/.test(text) ? buttonsOf(latest)[Number(text) - 1] : undefined;
    if (button === undefined || latest === undefined) {
      server.sendMessage({ from: TERMINAL_USER.id, text });
    } else if ('callback_data' in button) {
      server.pressButton({ from: TERMINAL_USER.id, message: latest.message_id, data: button.callback_data });
    } else {
      write(`\n(that button opens ${'url' in button ? button.url : 'something a terminal cannot show'})\n`);
    }
  });
  return {
    close: () => {
      lines.close();
      unsubscribe();
    },
  };
}

function rendered(message: Message): string {
  const body = message.text ?? message.caption ?? '';
  const document = message.document === undefined ? '' : `[document: ${message.document.file_name}]`;
  const buttons = buttonsOf(message).map((button, index) => `  [${index + 1}] ${button.text}`);
  return [document, body, ...buttons].filter((line) => line !== '').join('\n');
}

function buttonsOf(message: Message | undefined): InlineKeyboardButton[] {
  return message?.reply_markup?.inline_keyboard.flat() ?? [];
}
