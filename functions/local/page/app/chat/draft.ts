import { effect, signal } from '@preact/signals';
import type { Message } from 'grammy/types';
import { chat, me, messages, sendText } from './state.ts';

/** The text in the field below the chat. */
export const draft = signal('');

/** A text whose sending failed. It may have arrived all the same: the answer alone may be lost. */
interface Attempt {
  readonly text: string;
  readonly from: number;
  readonly chat: number;
  /** The newest message that was known before. */
  readonly afterId: number;
}

const unsure = new Set<Attempt>();

/** Sends a text; one that did not arrive is written back, before what has been written since. */
export async function sendDraft(text: string): Promise<void> {
  const afterId = messages.value.at(-1)?.message_id ?? 0;
  const attempt: Attempt = { text, from: me.value, chat: chat.value, afterId };
  draft.value = '';
  if ((await sendText(text)) || hasArrived(attempt, messages.value)) return;
  unsure.add(attempt);
  draft.value = [text, draft.value].filter((each) => each !== '').join('\n');
}

// A text that has arrived leaves the field, where its user would send it twice.
effect(() => {
  const known = messages.value;
  for (const attempt of unsure) {
    if (!hasArrived(attempt, known)) continue;
    unsure.delete(attempt);
    if (draft.peek() === attempt.text) draft.value = '';
  }
});

function hasArrived(attempt: Attempt, known: readonly Message[]): boolean {
  return known.some(
    (message) =>
      message.message_id > attempt.afterId &&
      message.chat.id === attempt.chat &&
      message.from?.id === attempt.from &&
      message.text === attempt.text,
  );
}
