import type { Update } from 'grammy/types';

export type UpdateKind = Exclude<keyof Update, 'update_id'>;

/** Every kind of update, in the order of the Bot API documentation. */
export const UPDATE_KINDS = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
  'guest_message',
  'stopped_message_generation',
  'message_reaction',
  'message_reaction_count',
  'inline_query',
  'chosen_inline_result',
  'callback_query',
  'shipping_query',
  'pre_checkout_query',
  'purchased_paid_media',
  'poll',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'chat_boost',
  'removed_chat_boost',
  'managed_bot',
  'subscription',
] as const satisfies readonly UpdateKind[];

const OPT_IN_KINDS: readonly UpdateKind[] = ['chat_member', 'message_reaction', 'message_reaction_count'];

/** The kinds that a bot gets if it never set `allowed_updates`, or set it to []. */
export const DEFAULT_ALLOWED_UPDATES: readonly UpdateKind[] = UPDATE_KINDS.filter(
  (kind) => !OPT_IN_KINDS.includes(kind),
);

const DAY_MS = 86_400_000;

/** How long Telegram keeps trying. A message counts from its date, everything else from its arrival. */
const LIFETIME_MS: Partial<Record<UpdateKind, number>> = {
  callback_query: 150_000,
  inline_query: 30_000,
  chosen_inline_result: 600_000,
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const idOf = (value: unknown): number | undefined =>
  isRecord(value) && typeof value['id'] === 'number' ? value['id'] : undefined;

/** The first known kind the object carries, undefined for a foreign one. */
export function kindOf(update: object): UpdateKind | undefined {
  return UPDATE_KINDS.find((kind) => kind in update);
}

/** The instant (ms) from which Telegram no longer delivers the update. */
export function expiryOf(update: object, nowMs: number): number {
  const kind = kindOf(update);
  if (kind === undefined) return nowMs + DAY_MS;
  const lifetimeMs = LIFETIME_MS[kind];
  if (lifetimeMs !== undefined) return nowMs + lifetimeMs;
  const content: unknown = (update as Partial<Record<UpdateKind, unknown>>)[kind];
  const date = isRecord(content) ? (content['edit_date'] ?? content['date']) : undefined;
  return typeof date === 'number' ? date * 1000 + DAY_MS : nowMs + DAY_MS;
}

/**
 * The queue in which the update is delivered, in order; undefined for one of its own. Messages go by chat, queries by
 * user and kind, so a message and a button press of one user can arrive at the same time.
 */
export function queueOf(update: object): number | undefined {
  const kind = kindOf(update);
  if (kind === undefined) return undefined;
  const content: unknown = (update as Partial<Record<UpdateKind, unknown>>)[kind];
  if (!isRecord(content)) return undefined;
  const family = (id: number | undefined, n: number): number | undefined =>
    id === undefined ? id : id + n * 2 ** 33;
  switch (kind) {
    case 'message':
    case 'edited_message':
    case 'channel_post':
    case 'edited_channel_post':
      return idOf(content['chat']);
    case 'inline_query':
      return family(idOf(content['from']), 1);
    case 'chosen_inline_result':
      return family(idOf(content['from']), 2);
    case 'callback_query':
      return family(idOf(content['from']), 3);
    case 'my_chat_member':
      return family(idOf(content['chat']), 5);
    default:
      return undefined;
  }
}
