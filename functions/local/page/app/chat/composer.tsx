import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { draft, sendDraft } from './draft.ts';
import { act, askInline, bot, closeInline, group, inline, me, menu, replyingTo, say } from './state.ts';

/** https://core.telegram.org/bots/api#sendmessage */
const MAX_CHARACTERS = 4_096;
/** A larger one can be sent to nobody here; a bot takes 20 MB at most. https://core.telegram.org/bots/api#getfile */
const MAX_FILE_BYTES = 45_000_000;
const INLINE_AFTER_MS = 300;

/** The field for a message. It offers the bot's commands after `/`, its results after `@its_name`, and documents. */
export function Composer(): JSX.Element {
  const [chosen, choose] = useState(0);
  const box = useRef<HTMLTextAreaElement>(null);
  const text = draft.value;
  const completions = completionsOf(text);
  const query = inlineQueryIn(text, bot.value.username);

  useEffect(() => {
    if (query === undefined) {
      closeInline();
      return;
    }
    const asking = setTimeout(() => void askInline(query), INLINE_AFTER_MS);
    return () => clearTimeout(asking);
  }, [query, me.value]);

  // The list may be longer than the place for it.
  const picked = completions[chosen]?.command;
  useEffect(() => {
    if (picked !== undefined)
      document.getElementById(`command-${picked}`)?.scrollIntoView({ block: 'nearest' });
  }, [picked]);

  const change = (value: string): void => {
    draft.value = value;
    choose(0);
  };
  const send = async (): Promise<void> => {
    const value = draft.value.trim();
    if (value === '') return;
    if (value.length > MAX_CHARACTERS)
      return say(`A message has ${MAX_CHARACTERS} characters at most; this one has ${value.length}.`, true);
    choose(0);
    await sendDraft(value);
    box.current?.focus();
  };
  const complete = (command: string): void => {
    change(`/${command} `);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const picked = completions[chosen];
    if (completions.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : completions.length - 1;
      choose((chosen + step) % completions.length);
    } else if (picked !== undefined && (event.key === 'Tab' || event.key === 'Enter')) {
      event.preventDefault();
      if (event.key === 'Enter' && text === `/${picked.command}`) void send();
      else complete(picked.command);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape') {
      replyingTo.value = undefined;
      if (completions.length > 0 || query !== undefined) change('');
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {completions.length > 0 && (
        <ul class="completions" id="commands" role="listbox" tabIndex={0} aria-label="The bot's commands">
          {completions.map(({ command, description }, index) => (
            <li
              key={command}
              id={`command-${command}`}
              role="option"
              aria-selected={index === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                complete(command);
              }}
            >
              <b>/{command}</b> <span dir="auto">{description}</span>
            </li>
          ))}
        </ul>
      )}
      {query !== undefined && <InlineResults onSent={() => change('')} />}
      {replyingTo.value && (
        <div class="replying">
          <span dir="auto">
            Reply to: {(replyingTo.value.text ?? replyingTo.value.caption ?? '').slice(0, 80)}
          </span>
          <button type="button" aria-label="Do not reply" onClick={() => (replyingTo.value = undefined)}>
            ✕
          </button>
        </div>
      )}
      <div class="line">
        <button
          type="button"
          class="icon"
          title="The bot's commands"
          onClick={() => (change('/'), box.current?.focus())}
        >
          <span aria-hidden="true">☰</span>
          <span class="sr">Show the bot's commands</span>
        </button>
        <label class="icon" title="Send a document">
          <span aria-hidden="true">📎</span>
          <span class="sr">Send a document</span>
          <input type="file" class="sr" onChange={(event) => void attach(event.currentTarget)} />
        </label>
        <textarea
          id="composer"
          ref={box}
          rows={1}
          dir="auto"
          value={text}
          placeholder="Message"
          aria-label={group.value === undefined ? 'Message to the bot' : 'Message to the group'}
          aria-autocomplete="list"
          aria-controls={completions.length > 0 ? 'commands' : undefined}
          aria-activedescendant={completions[chosen] && `command-${completions[chosen].command}`}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="icon send" disabled={text.trim() === ''}>
          <span aria-hidden="true">➤</span>
          <span class="sr">Send</span>
        </button>
      </div>
    </form>
  );
}

function completionsOf(text: string): typeof menu.value {
  const typed = /^\/(\w*)$/.exec(text)?.[1];
  return typed === undefined ? [] : menu.value.filter(({ command }) => command.startsWith(typed));
}

/** `@bot_name motor` asks the bot's inline mode for `motor`. */
function inlineQueryIn(text: string, botName: string): string | undefined {
  const lead = `@${botName} `;
  return text.toLowerCase().startsWith(lead.toLowerCase()) ? text.slice(lead.length).trim() : undefined;
}

function InlineResults({ onSent }: { onSent: () => void }): JSX.Element {
  const answer = inline.value;
  if (answer === undefined) return <p class="completions hint">Asking the bot…</p>;
  if (answer.results.length === 0) return <p class="completions hint">No results</p>;
  const { query, queryId } = answer;
  return (
    <ul class="completions" aria-label="Results of the bot">
      {answer.results.map((result) => (
        <li key={result.id}>
          <button
            type="button"
            onClick={() => {
              void act('chooseInlineResult', { query, queryId, resultId: result.id });
              onSent();
            }}
          >
            <b dir="auto">{'title' in result ? result.title : result.type}</b>
            <span dir="auto">{'description' in result ? result.description : ''}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

async function attach(input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  input.value = '';
  if (file !== undefined) await sendFile(file);
}

export async function sendFile(file: File): Promise<void> {
  if (file.size > MAX_FILE_BYTES) {
    const size = (file.size / 1e6).toFixed(0);
    return say(
      `${file.name} has ${size} MB. A bot can read 20 MB at most, and 45 MB can be sent here.`,
      true,
    );
  }
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read'));
    reader.readAsDataURL(file);
  }).catch((error: Error) => say(error.message, true));
  if (url === undefined) return;
  const caption = draft.value.trim();
  const sent = await act('sendDocument', {
    filename: file.name,
    bytes: url.slice(url.indexOf(',') + 1),
    ...(caption !== '' && { caption }),
  });
  if (sent !== undefined) draft.value = '';
}
