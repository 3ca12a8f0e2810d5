import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { telegram } from '../server.ts';
import { actAs, bot, group, groups, load, me, openGroup, say, users } from './state.ts';

/** Who acts in this window, and where: in the private chat, or in a group. */
export function People(): JSX.Element {
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
      {bot.value.administrators.includes(me.value) && <span class="hint">who administrates,</span>}
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
      <details class="more">
        <summary>More…</summary>
        <div class="panel">
          <NewPerson />
          <NewGroup />
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

function otherUser(): number {
  return users.value.find(({ id }) => id !== me.value)?.id ?? me.value;
}

function NewPerson(): JSX.Element {
  const name = useRef<HTMLInputElement>(null);
  const language = useRef<HTMLInputElement>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const id = Math.max(100, ...users.value.map((user) => user.id)) + 1;
    const language_code = language.current?.value.trim() ?? '';
    await telegram('user', {
      id,
      first_name: name.current?.value.trim() || `Person ${id}`,
      ...(language_code !== '' && { language_code }),
    }).then(
      () => actAs(id),
      (error: Error) => say(error.message, true),
    );
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <label>
        Name <input ref={name} dir="auto" maxLength={64} required />
      </label>
      <label>
        Language{' '}
        <input ref={language} maxLength={5} size={5} pattern="[a-z]{2}(-[A-Z]{2})?" placeholder="de" />
      </label>
      <button>New person</button>
    </form>
  );
}

function NewGroup(): JSX.Element {
  const title = useRef<HTMLInputElement>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const id = Math.min(-1_000_000_000_000, ...groups.value.map((each) => each.id)) - 1;
    const chat = { id, type: 'supergroup', title: title.current?.value.trim() || `Group ${-id}` };
    await telegram('chat', chat).then(
      () => (void load(), openGroup(id)),
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
