import type { Update } from 'grammy/types';

/** The facts of any update that can be read without handling it; no part of its text. */
export interface UpdateFacts {
  /** `message`, `callback_query`, ... or `unknown` */
  kind: string;
  /** Updates with the same key are handled in order. A change of what it is raises `MAPPING_VERSION` of ../lease/layout.ts. */
  orderingKey: number;
  /** When its cause happened, where Telegram says so. */
  sentAtMs?: number;
}

interface Sender {
  id?: unknown;
}

interface Content {
  chat?: Sender;
  from?: Sender;
  user?: Sender;
  sender_chat?: Sender;
  date?: unknown;
  edit_date?: unknown;
  message?: { chat?: Sender };
}

/** Works on anything that a signed request may hold, known or not: see the HTTP contract in README.md. */
export function updateFacts(update: Update): UpdateFacts {
  const { kind, content } = partsOf(update);
  const ids = [content.chat?.id, content.message?.chat?.id, content.from?.id, content.user?.id];
  const orderingKey = ids.find((id): id is number => Number.isSafeInteger(id)) ?? 0;
  // The date in a callback's message is that of the keyboard, not of the press.
  const date = content.edit_date ?? content.date;
  const sentAtMs = typeof date === 'number' && Number.isFinite(date) ? date * 1000 : undefined;
  return { kind: /^[a-z_]{1,64}$/.test(kind) ? kind : 'unknown', orderingKey, sentAtMs };
}

/** Whether a person wrote or pressed it, or somebody did on behalf of this chat; or whether it came from within the chat. */
export function isFrom(update: Update, id: number): boolean {
  const { from, user, sender_chat: senderChat, chat, message } = partsOf(update).content;
  return [from, user, senderChat, chat, message?.chat].some((sender) => sender?.id === id);
}

function partsOf(update: Update): { kind: string; content: Content } {
  const kind = Object.keys(update).find((key) => key !== 'update_id') ?? 'unknown';
  const value: unknown = (update as unknown as Record<string, unknown>)[kind];
  return { kind, content: typeof value === 'object' && value !== null ? value : {} };
}
