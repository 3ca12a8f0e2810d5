import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { telegram } from '../server.ts';
import { actAs, appoint, bot, group, groups, me, openGroup, say, setLanguage, users } from './state.ts';

/** The choice of the user who acts in this window, and of the chat: the private one, or a group. */
export function People(): JSX.Element {
  const more = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (more.current) more.current.open = false;
    more.current?.querySelector('summary')?.focus();
  };
  return (
    <div class="people">
      <label>
        <span>You are</span>
        <select
          value={me.value}
          onChange={(event) => actAs(Number(event.currentTarget.value))}
          aria-label="Who you are"
        >
          {users.value.map((user) => (
            <option key={user.id} value={user.id} dir="auto">
              {[user.first_name, user.last_name].filter(Boolean).join(' ')}
              {user.language_code === undefined ? '' : ` (${user.language_code})`}
            </option>
          ))}
        </select>
      </label>
      <Language />
      <Rights />
      <label>
        <span>in</span>
        <select
          value={group.value ?? 0}
          onChange={(event) => openGroup(Number(event.currentTarget.value) || undefined)}
          aria-label="The chat"
        >
          <option value={0}>the chat with the bot</option>
          {groups.value.map(({ id, title }) => (
            <option key={id} value={id} dir="auto">
              {title}
            </option>
          ))}
        </select>
      </label>
      <details class="more" ref={more} onKeyDown={(event) => event.key === 'Escape' && close()}>
        <summary>More…</summary>
        <div class="panel">
          <NewPerson onDone={close} />
          <NewGroup onDone={close} />
          <button
            type="button"
            onClick={() => window.open(`${location.pathname}#user=${otherUser()}`, '_blank', 'noopener')}
          >
            Second window, as somebody else
          </button>
        </div>
      </details>
    </div>
  );
}

/** The language of a user as Telegram tells it, a tag: `de`, `pt-br`. */
const LANGUAGE = {
  maxLength: 12,
  size: 4,
  pattern: '[a-z]{2,3}(-[A-Za-z0-9]{2,8})*',
  title: 'A language tag such as en, de or pt-br',
} as const;

/** The language of this window's user: the bot speaks it from the next message on. */
function Language(): JSX.Element {
  const person = users.value.find(({ id }) => id === me.value);
  const tag = person?.language_code ?? '';
  const input = useRef<HTMLInputElement>(null);
  // As a property of the element it would take back what is being typed whenever anything else of the page changes.
  useLayoutEffect(() => {
    if (input.current !== null) input.current.value = tag;
  }, [me.value, tag]);
  const change = (field: HTMLInputElement): void => {
    if (field.reportValidity()) void setLanguage(person, field.value);
  };
  return (
    <label>
      <span>speaking</span>
      <input
        {...LANGUAGE}
        ref={input}
        disabled={person === undefined}
        onChange={(event) => change(event.currentTarget)}
        aria-label="Your language"
      />
    </label>
  );
}

/** Whether this window's user administrates: to be changed where the page may. */
function Rights(): JSX.Element | null {
  const isAdministrator = bot.value.administrators.includes(me.value);
  if (!bot.value.canAppoint) return isAdministrator ? <span class="hint">administrator</span> : null;
  return (
    <label>
      <input
        type="checkbox"
        checked={isAdministrator}
        onChange={(event) => void appoint(me.value, event.currentTarget.checked)}
      />
      administrator
    </label>
  );
}

function otherUser(): number {
  return users.value.find(({ id }) => id !== me.value)?.id ?? me.value;
}

/** Two windows that add a person at the same time add two people. */
const anyNumber = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

function NewPerson({ onDone }: { onDone: () => void }): JSX.Element {
  const name = useRef<HTMLInputElement>(null);
  const language = useRef<HTMLInputElement>(null);
  const rights = useRef<HTMLInputElement>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const id = 100 + anyNumber();
    const language_code = language.current?.value.trim() ?? '';
    const person = {
      id,
      first_name: name.current?.value.trim() || `Person ${id}`,
      ...(language_code !== '' && { language_code }),
    };
    try {
      await telegram('user', person);
    } catch (error) {
      return say((error as Error).message, true);
    }
    if (rights.current?.checked === true) await appoint(id, true);
    onDone();
    actAs(id);
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <label>
        Name <input ref={name} dir="auto" maxLength={64} required />
      </label>
      <label>
        Language <input ref={language} {...LANGUAGE} placeholder="de" />
      </label>
      {bot.value.canAppoint && (
        <label>
          <input ref={rights} type="checkbox" /> administrator
        </label>
      )}
      <button>New person</button>
    </form>
  );
}

function NewGroup({ onDone }: { onDone: () => void }): JSX.Element {
  const title = useRef<HTMLInputElement>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const id = -1_000_000_000_000 - anyNumber();
    const chat = { id, type: 'supergroup', title: title.current?.value.trim() || `Group ${-id}` };
    await telegram('chat', chat).then(
      () => (onDone(), openGroup(id)),
      (error: Error) => say(error.message, true),
    );
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <label>
        Title <input ref={title} dir="auto" maxLength={128} required />
      </label>
      <button>New group with the bot</button>
    </form>
  );
}
