import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Composer, sendFile } from './composer.tsx';
import { Message } from './message.tsx';
import { People } from './people.tsx';
import { begin, chat, group, isTyping, me, messages, sendText, toast } from './state.ts';

export interface BotNames {
  readonly username: string;
  readonly firstName: string;
}

/** The chat with the bot, as Telegram shows it. */
export function Chat({ bot, start }: { bot: BotNames; start: string | undefined }): JSX.Element {
  useEffect(() => {
    begin();
    if (start !== undefined) void sendText(`/start ${start}`);
  }, []);
  return (
    <section class="chat" aria-label={`Chat with ${bot.firstName}`} onDragOver={allow} onDrop={drop}>
      <People />
      <Messages bot={bot} />
      <Composer botName={bot.username} />
      <Toast />
    </section>
  );
}

function Messages({ bot }: { bot: BotNames }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const box = list.current;
    if (box && isAtEnd.current) box.scrollTop = box.scrollHeight;
  }, [messages.value, isTyping.value]);
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [chat.value]);
  return (
    <div
      class="messages"
      ref={list}
      tabIndex={0}
      role="log"
      aria-label="Messages"
      onScroll={({ currentTarget: box }) => {
        isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
      }}
    >
      {messages.value.length === 0 && <Empty bot={bot} />}
      <ol>
        {messages.value.map((message) => (
          <Message key={`${me.value}-${message.message_id}`} message={message} />
        ))}
      </ol>
      {isTyping.value && <p class="typing">{bot.firstName} is typing…</p>}
    </div>
  );
}

function Empty({ bot }: { bot: BotNames }): JSX.Element {
  return (
    <div class="empty">
      <p>
        <b>{bot.firstName}</b>
      </p>
      <p>
        {group.value === undefined
          ? 'Ask something, or begin:'
          : `Here @${bot.username} answers commands and mentions.`}
      </p>
      <button type="button" class="primary" onClick={() => void sendText('/start')}>
        START
      </button>
    </div>
  );
}

function Toast(): JSX.Element {
  const shown = toast.value;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown && (
        <div class={shown.isAlert ? 'toast alert' : 'toast'}>
          <span dir="auto">{shown.text}</span>
          {shown.isAlert && (
            <button type="button" onClick={() => (toast.value = undefined)}>
              OK
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function allow(event: DragEvent): void {
  event.preventDefault();
}

function drop(event: DragEvent): void {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void sendFile(file);
}
