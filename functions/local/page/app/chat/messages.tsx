import { Fragment, type JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message as TelegramMessage } from 'grammy/types';
import { Message } from './message.tsx';
import { bot, chat, group, isTyping, me, messages, revealed, say, sendText } from './state.ts';

/** The most bubbles that are drawn at once, however long the chat is. */
const DRAWN = 200;
/** So many more are drawn where one scrolls past them. */
const STEP = 100;
/** A view that is so near to the end, in pixels, follows it. */
const NEAR_END = 80;

/** The messages of a chat: the newest ones, or those around the place that one has scrolled to. */
export function Messages(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  /** A bubble that must stay where it is on the screen while others come and go around it. */
  const kept = useRef<{ id: number; top: number } | undefined>(undefined);
  const all = messages.value;
  const { place, from, drawFrom, follow } = usePlace(all);
  const drawn = all.slice(from, from + DRAWN);

  useLayoutEffect(() => {
    const list = box.current;
    const bubble = kept.current && bubbleOf(kept.current.id);
    if (list === null) return;
    if (place === undefined) list.scrollTop = list.scrollHeight;
    else if (bubble) list.scrollTop += bubble.getBoundingClientRect().top - (kept.current?.top ?? 0);
    kept.current = undefined;
  }, [all, isTyping.value, place]);

  const onScroll = (list: HTMLDivElement): void => {
    const below = list.scrollHeight - list.scrollTop - list.clientHeight;
    const isLast = from + DRAWN >= all.length;
    let next = from;
    if (isLast && below < NEAR_END) return follow();
    if (list.scrollTop < list.clientHeight) next = Math.max(0, from - STEP);
    else if (below < list.clientHeight) next = Math.min(from + STEP, Math.max(0, all.length - DRAWN));
    if (next !== from) kept.current = firstSeen(list);
    drawFrom(next);
  };

  return (
    <div class="history">
      <div
        class="messages"
        ref={box}
        tabIndex={0}
        role="log"
        aria-label="Messages"
        aria-live={place === undefined ? 'polite' : 'off'}
        onScroll={({ currentTarget }) => onScroll(currentTarget)}
      >
        {all.length === 0 && <Empty />}
        <ol>
          {drawn.map((message, index) => (
            <Fragment key={`${me.value}-${message.message_id}`}>
              {dayOf(message) !== dayOf(drawn[index - 1]) && <li class="day">{dayOf(message)}</li>}
              <Message message={message} />
            </Fragment>
          ))}
        </ol>
        {isTyping.value && (
          <p class="typing">
            <span class="dots" aria-hidden="true" /> <bdi>{bot.value.firstName}</bdi> is typing…
          </p>
        )}
      </div>
      {place !== undefined && <ToNewest since={place.newestId} onPress={follow} />}
    </div>
  );
}

/** The first message that is drawn, and the newest one when one left the end. */
interface Place {
  readonly firstId: number;
  readonly newestId: number;
}

function ToNewest({ since, onPress }: { since: number; onPress: () => void }): JSX.Element {
  const news = messages.value.filter(({ message_id: id }) => id > since).length;
  return (
    <button type="button" class="newest icon" title="To the newest message" onClick={onPress}>
      <span aria-hidden="true">↓ {news > 0 && news}</span>
      <span class="sr">To the newest message{news > 0 && `, ${news} new`}</span>
    </button>
  );
}

/** The place of a reader; undefined for one who follows the newest. */
function usePlace(all: readonly TelegramMessage[]): {
  place: Place | undefined;
  from: number;
  drawFrom: (index: number) => void;
  follow: () => void;
} {
  const [place, stayAt] = useState<Place | undefined>();
  const follow = (): void => stayAt(undefined);
  const drawFrom = (index: number): void => {
    const firstId = all[index]?.message_id;
    const newestId = place?.newestId ?? all.at(-1)?.message_id;
    if (firstId === undefined || newestId === undefined || firstId === place?.firstId) return;
    stayAt({ firstId, newestId });
  };
  useLayoutEffect(follow, [chat.value]);
  useLayoutEffect(() => {
    if (revealed.value === undefined) return;
    const index = all.findIndex(({ message_id: id }) => id === revealed.value);
    if (index === -1) say('That message is not in this chat any more.');
    else {
      drawFrom(Math.max(0, index - DRAWN / 2));
      requestAnimationFrame(() => lookAt(all[index]));
    }
    revealed.value = undefined;
  }, [revealed.value]);
  return { place, from: firstIndex(all, place?.firstId), drawFrom, follow };
}

function firstIndex(all: readonly TelegramMessage[], firstId: number | undefined): number {
  const lastPossible = Math.max(0, all.length - DRAWN);
  if (firstId === undefined) return lastPossible;
  const index = all.findIndex(({ message_id: id }) => id >= firstId);
  return index === -1 ? lastPossible : Math.min(index, lastPossible);
}

function dayOf(message: TelegramMessage | undefined): string | undefined {
  if (message === undefined) return undefined;
  const day = new Date(message.date * 1000).toDateString();
  return day === new Date().toDateString() ? 'Today' : day;
}

const bubbleOf = (id: number): HTMLElement | null => document.getElementById(`message-${id}`);

function firstSeen(list: HTMLElement): { id: number; top: number } | undefined {
  const { top: edge } = list.getBoundingClientRect();
  for (const bubble of list.querySelectorAll('.bubble')) {
    const { top, bottom } = bubble.getBoundingClientRect();
    if (bottom > edge) return { id: Number(bubble.id.replace('message-', '')), top };
  }
  return undefined;
}

function lookAt(message: TelegramMessage | undefined): void {
  const bubble = message && bubbleOf(message.message_id);
  bubble?.scrollIntoView({ block: 'center' });
  bubble?.focus();
}

function Empty(): JSX.Element {
  return (
    <div class="empty">
      <p>
        <b dir="auto">{bot.value.firstName}</b>
      </p>
      <p>
        {group.value === undefined
          ? 'Ask something, or begin:'
          : `Here @${bot.value.username} answers commands and mentions.`}
      </p>
      <button type="button" class="primary" onClick={() => void sendText('/start')}>
        START
      </button>
    </div>
  );
}
