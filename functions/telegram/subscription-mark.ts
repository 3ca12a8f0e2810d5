import { API_CONSTANTS } from 'grammy/web';
import type { Update } from 'grammy/types';

export type UpdateKind = Exclude<keyof Update, 'update_id'>;

/**
 * The kinds of updates that reach a bot only if it sells, runs polls or is an administrator. To ask for them for a few
 * seconds brings no update in, and one that comes in after all is settled like any that has no answer. Every Bot API
 * server since 7.0 knows them.
 */
const MARKS: readonly UpdateKind[] = [
  'shipping_query',
  'pre_checkout_query',
  'poll_answer',
  'chat_boost',
  'removed_chat_boost',
  'message_reaction',
  'message_reaction_count',
  'chat_member',
];

/**
 * A mark that each getUpdates of one process leaves at Telegram, and the next one of anybody else overwrites: the kinds
 * of updates that it asks for. getWebhookInfo tells them at once, also where updates wait and no request ends another.
 * The last writer is the only one who finds its own mark, so that one stays when two would each leave at the sight of
 * another's mark. Nobody's subscription is narrowed by it: the kinds that were asked for before are in every mark.
 * https://core.telegram.org/bots/api#getupdates (`allowed_updates`), https://core.telegram.org/bots/api#webhookinfo
 */
export class SubscriptionMark {
  readonly #found: readonly string[];
  readonly #random: () => number;
  #written: readonly string[] = [];
  /** Telegram has told one of ours as it was written: from then on any difference is somebody else's. */
  #isTold = false;

  /** @param found the kinds that Telegram tells before the first mark; absent where it tells none: its default */
  constructor(found: readonly string[] | undefined, random: () => number) {
    this.#found = found ?? API_CONSTANTS.DEFAULT_UPDATE_TYPES;
    this.#random = random;
  }

  /** The kinds as they were before the first mark. */
  get found(): readonly UpdateKind[] {
    return this.#found as readonly UpdateKind[];
  }

  /** @returns the kinds to ask for: drawn anew each time, so that two processes in step differ soon */
  next(): readonly UpdateKind[] {
    const left = MARKS.filter((kind) => !this.#found.includes(kind));
    // As many each time, so that nobody's mark is part of another's.
    const drawn = Array.from(
      { length: Math.ceil(left.length / 2) },
      () => left.splice(Math.floor(this.#random() * left.length), 1)[0]!,
    );
    const kinds = [...this.found, ...drawn];
    this.#written = kinds;
    return kinds;
  }

  /** Whether Telegram tells the last one as it was written. */
  isOwn(told: readonly string[] | undefined): boolean {
    const kinds = new Set(told ?? API_CONSTANTS.DEFAULT_UPDATE_TYPES);
    return kinds.size === this.#written.length && this.#written.every((kind) => kinds.has(kind));
  }

  /** Whether somebody else has asked since. A server that tells no kinds, or not those of the marks, tells of nobody. */
  isOverwritten(told: readonly string[] | undefined): boolean {
    const isOwn = this.isOwn(told);
    this.#isTold ||= isOwn;
    const foreign = MARKS.some((kind) => told?.includes(kind) === true && !this.#written.includes(kind));
    return !isOwn && (this.#isTold || foreign);
  }
}
