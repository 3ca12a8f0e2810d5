import { memo } from 'preact/compat';
import type { JSX } from 'preact';
import type { InlineKeyboardButton, Message as TelegramMessage } from 'grammy/types';
import { telegram } from '../server.ts';
import { FormattedText } from './formatted-text.tsx';
import { Link } from './link.tsx';
import { me, press, replyingTo, revealed, say, sendText } from './state.ts';

/** One bubble. Drawn anew only when its message is another one. */
export const Message = memo(function Message({ message }: { message: TelegramMessage }): JSX.Element {
  const isMine = message.from?.id === me.value;
  return (
    <li class={`bubble ${isMine ? 'mine' : 'theirs'}`} id={`message-${message.message_id}`} tabIndex={-1}>
      <div class="body">
        <From message={message} isMine={isMine} />
        {message.reply_to_message && <Quoted message={message.reply_to_message} />}
        {message.document && <Document message={message} />}
        <div class="text" dir="auto">
          <FormattedText
            text={message.text ?? message.caption ?? ''}
            entities={message.entities ?? message.caption_entities}
            onCommand={(command) => void sendText(command)}
          />
        </div>
        <Foot message={message} />
      </div>
      <Keyboard message={message} />
    </li>
  );
});

/** The names are hidden in a private chat, where two need none; they are there for somebody who listens. */
function From({ message, isMine }: { message: TelegramMessage; isMine: boolean }): JSX.Element {
  return (
    <div class="from">
      <bdi class={isMine || message.chat.type === 'private' ? 'sr' : undefined}>{nameOf(message)}</bdi>
      {message.via_bot && <span class="via"> via @{message.via_bot.username}</span>}
    </div>
  );
}

function Foot({ message }: { message: TelegramMessage }): JSX.Element {
  const reply = (): void => {
    replyingTo.value = message;
    document.getElementById('composer')?.focus();
  };
  return (
    <div class="foot">
      <button type="button" class="reply" title="Reply" aria-label="Reply to this message" onClick={reply}>
        ↩
      </button>
      {message.edit_date !== undefined && <span>edited </span>}
      <time dateTime={new Date(message.date * 1000).toISOString()}>{clock(message.date)}</time>
    </div>
  );
}

function nameOf({ from }: TelegramMessage): string {
  return [from?.first_name, from?.last_name].filter(Boolean).join(' ') || 'somebody';
}

function Quoted({ message }: { message: TelegramMessage }): JSX.Element {
  const text = message.text ?? message.caption ?? message.document?.file_name ?? '';
  return (
    <a
      class="quoted"
      href={`#message-${message.message_id}`}
      onClick={(event) => {
        event.preventDefault();
        revealed.value = message.message_id;
      }}
    >
      <b>
        <bdi>{nameOf(message)}</bdi>
      </b>
      <span dir="auto">{text.slice(0, 120)}</span>
    </a>
  );
}

function Document({ message }: { message: TelegramMessage }): JSX.Element {
  const name = message.document?.file_name ?? 'document';
  const size = message.document?.file_size ?? 0;
  return (
    <button type="button" class="document" onClick={() => void download(message)}>
      <span class="icon" aria-hidden="true">
        📄
      </span>
      <span>
        <bdi>{name}</bdi>
        <small>{size < 1024 ? `${size} B` : `${(size / 1024).toFixed(0)} kB`} · save</small>
      </span>
    </button>
  );
}

async function download({ document: file }: TelegramMessage): Promise<void> {
  if (file === undefined) return;
  const base64 = await telegram<string | null>('file', { fileId: file.file_id }).catch(() => null);
  if (base64 === null) return say('The document is gone: contents are kept until the bot ends.', true);
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = file.file_name ?? 'document';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Keyboard({ message }: { message: TelegramMessage }): JSX.Element | null {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  return (
    <div class="keyboard" role="group" aria-label="Buttons of this message">
      {rows.map((row, index) => (
        <div class="row" key={index}>
          {row.map((button, column) => (
            <Button key={column} button={button} message={message} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Button({
  button,
  message,
}: {
  button: InlineKeyboardButton;
  message: TelegramMessage;
}): JSX.Element {
  if ('url' in button)
    return (
      <Link class="button" href={button.url}>
        <bdi>{button.text}</bdi> ↗
      </Link>
    );
  if ('callback_data' in button)
    return (
      <button type="button" onClick={() => void press(message.message_id, button.callback_data)}>
        <bdi>{button.text}</bdi>
      </button>
    );
  return (
    <button type="button" onClick={() => say(`A button of this kind works in Telegram only: ${button.text}`)}>
      <bdi>{button.text}</bdi>
    </button>
  );
}

const clock = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
