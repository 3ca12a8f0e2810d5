import { clearScreenDown, createInterface, cursorTo, type Interface } from 'node:readline';
import type { InlineKeyboardButton, Message } from 'grammy/types';
import { ADMIN_COMMANDS, PUBLIC_COMMANDS } from '../bot/commands.ts';
import type { BotApiServer } from './bot-api/types.ts';
import { LOCAL_PEOPLE } from './local-bot.ts';

/** The person at the terminal, as the local Bot API server knows them. */
export const TERMINAL_USER = LOCAL_PEOPLE[0];

export interface TerminalChat {
  close(): void;
}

export interface Terminal {
  input: NodeJS.ReadableStream;
  write: (text: string) => void;
  /** The screen of somebody who types: a line can then be edited, an earlier one called back, and a command completed. */
  output?: NodeJS.WritableStream;
  /** Ends the bot, as Ctrl+C does. */
  leave: () => void;
}

const LEAVING = ['/quit', 'quit', 'exit'];

/**
 * A chat with the bot on standard input and output: a line is a message, a number presses the button of that number
 * under the latest message that has any. The end of the input ends the asking and nothing else: what was asked is answered.
 */
export function startTerminalChat({
  server,
  ...terminal
}: Terminal & { server: BotApiServer }): TerminalChat {
  server.user(TERMINAL_USER);
  let latest: Message | undefined;
  const { lines, tell } = openLines(terminal);

  const show = (message: Message): void => {
    if (message.chat.id !== TERMINAL_USER.id || message.from?.is_bot !== true) return;
    if (buttonsOf(message).length > 0 || message.message_id === latest?.message_id) latest = message;
    tell(rendered(message));
  };
  const unsubscribe = server.subscribe((event) => {
    if (event.type === 'message-sent' || event.type === 'message-edited') show(event.message);
    if (event.type === 'callback-answered' && event.answer.text !== '') tell(`(${event.answer.text})`);
  });

  lines.on('line', (line) => {
    const text = line.trim();
    if (text === '') return;
    if (LEAVING.includes(text.toLowerCase())) return terminal.leave();
    const buttons = buttonsOf(latest);
    if (latest === undefined || buttons.length === 0 || !/^\d{1,2}$/.test(text)) {
      server.sendMessage({ from: TERMINAL_USER.id, text });
      return;
    }
    const button = buttons[Number(text) - 1];
    if (button === undefined) {
      tell(`(no button ${text} is here: 1 to ${buttons.length}. To ask for ${text}: /kb_search ${text})`);
    } else if ('callback_data' in button) {
      server.pressButton({ from: TERMINAL_USER.id, message: latest.message_id, data: button.callback_data });
    } else {
      tell(`(that button opens ${'url' in button ? button.url : 'something a terminal cannot show'})`);
    }
  });
  let isClosed = false;
  lines.on('close', () => {
    // A service's input ends at once, and nobody types there.
    if (!isClosed && terminal.output !== undefined)
      tell('(the chat in this terminal has ended. The bot runs on; Ctrl+C stops it)');
  });
  return {
    close: () => {
      isClosed = true;
      lines.close();
      unsubscribe();
    },
  };
}

/** An answer that comes while somebody types goes above the line, which is shown again. */
function openLines({ input, write, output, leave }: Terminal): {
  lines: Interface;
  tell: (text: string) => void;
} {
  if (output === undefined)
    return { lines: createInterface({ input }), tell: (text) => write(`\n${text}\n`) };
  const lines = createInterface({ input, output, terminal: true, prompt: '', completer: completed });
  // Typed in a terminal that hands over each key, it is no signal.
  lines.on('SIGINT', leave);
  let isOver = false;
  lines.on('close', () => (isOver = true));
  const tell = (text: string): void => {
    cursorTo(output, 0);
    clearScreenDown(output);
    write(`\n${text}\n`);
    if (!isOver) lines.prompt(true);
  };
  return { lines, tell };
}

function completed(line: string): [string[], string] {
  const commands = [...PUBLIC_COMMANDS, ...ADMIN_COMMANDS].map((name) => `/${name} `);
  return [commands.filter((command) => command.startsWith(line)), line];
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
