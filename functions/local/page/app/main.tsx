import { signal } from '@preact/signals';
import { render, type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { GuaranteeState } from '../guarantee-state.ts';
import { Chat } from './chat/chat.tsx';
import { bot as chatBot } from './chat/state.ts';
import { Guarantee } from './guarantee/guarantee.tsx';
import { connection, post } from './server.ts';
import './style.css';

const bot = signal<GuaranteeState['bot'] | undefined>(undefined);
const view = signal<'chat' | 'guarantee'>(location.hash.includes('guarantee') ? 'guarantee' : 'chat');

/** A deep link, as https://t.me/<bot>?start=... is for Telegram. */
const parameters = new URLSearchParams(location.search);
const start = parameters.get('start') ?? undefined;
// The key has become a cookie: it need not stand in the address, nor in the browser's history.
history.replaceState(null, '', `${location.pathname}${location.hash}`);

function Page(): JSX.Element {
  useEffect(() => void introduce(), []);
  const names = bot.value;
  const isChat = view.value === 'chat' && names?.isLocal !== false;
  return (
    <>
      <header>
        <span class="portrait" aria-hidden="true">
          {(names?.firstName ?? 'A').slice(0, 1)}
        </span>
        <h1 dir="auto">{names?.firstName ?? 'Agent Factory Bot'}</h1>
        <nav aria-label="Views">
          {names?.isLocal !== false && (
            <button type="button" aria-pressed={isChat} onClick={() => (view.value = 'chat')}>
              Chat
            </button>
          )}
          <button type="button" aria-pressed={!isChat} onClick={() => (view.value = 'guarantee')}>
            Guarantee
          </button>
        </nav>
        <p class="connection" role="status">
          {connection.value === 'lost' ? 'The bot does not answer; asking again…' : ''}
        </p>
      </header>
      <main>
        {names && names.isLocal && (
          <div hidden={!isChat} class="view">
            <Chat start={start} />
          </div>
        )}
        {!isChat && <Guarantee />}
      </main>
    </>
  );
}

async function introduce(): Promise<void> {
  const state = await post<GuaranteeState>('guarantee/state').catch(() => undefined);
  if (state === undefined) return void setTimeout(() => void introduce(), 1_000);
  chatBot.value = state.bot;
  bot.value = state.bot;
}

const root = document.getElementById('app');
if (root !== null) {
  root.textContent = '';
  if (typeof EventSource === 'undefined')
    root.textContent = 'This browser has no event streams: use a newer one, or the chat in the terminal.';
  else render(<Page />, root);
}
