import type { Update, User } from 'grammy/types';
import type { Arguments } from './arguments.ts';
import { unixTime } from './clock.ts';
import { LongPoll } from './long-poll.ts';
import { MessageBook, type MessageBookState } from './message-book.ts';
import { ProfileTexts, type ProfileTextsState } from './profile-texts.ts';
import { Queries } from './queries.ts';
import type { Telegram } from './telegram.ts';
import type { BotApiServerOptions, BotProfile, Delivery, DroppedUpdate } from './types.ts';
import { DEFAULT_ALLOWED_UPDATES, expiryOf, kindOf, queueOf, type UpdateKind } from './update-kinds.ts';
import { UpdateQueue, type PendingUpdate, type UpdateQueueState } from './update-queue.ts';
import { WebhookDelivery } from './webhook-delivery.ts';
import type { WebhookSetting } from './webhook-setting.ts';

/** So many updates are remembered for being delivered once more. */
const MAX_REMEMBERED_UPDATES = 50_000;

/** All of a bot that outlives the process. */
export interface BotState {
  readonly id: number;
  readonly allowedUpdates: readonly UpdateKind[];
  readonly webhook: WebhookSetting | undefined;
  readonly updates: UpdateQueueState;
  readonly book: MessageBookState;
  readonly texts: ProfileTextsState;
}

/** A method call that the answer of a webhook carried; nobody gets its result. */
export interface WebhookReply {
  readonly method: string;
  readonly args: Arguments;
  /** The update that was answered. */
  readonly updateId: number;
}

/** An update before it has its id. */
export type UpdateContent = Omit<Update, 'update_id'>;

/** One bot, as Telegram keeps it. */
export class Bot {
  readonly id: number;
  readonly user: User & { readonly is_bot: true; readonly username: string };
  readonly hasInlineMode: boolean;
  readonly hasPrivacyMode: boolean;
  readonly isPolledOnly: boolean;
  readonly updates: UpdateQueue;
  readonly book: MessageBook;
  readonly queries: Queries;
  readonly texts: ProfileTexts;
  readonly poll: LongPoll;
  readonly #telegram: Telegram;
  readonly #onReply: (bot: Bot, reply: WebhookReply) => void;
  readonly #remembered = new Map<number, PendingUpdate>();
  #allowedUpdates: readonly UpdateKind[];
  #webhook: WebhookSetting | undefined;
  #delivery: WebhookDelivery | undefined;
  #lastError: { readonly date: number; readonly message: string } | undefined;
  #ipAddress: string | undefined;

  constructor(options: {
    telegram: Telegram;
    profile: BotProfile;
    restored: BotState | undefined;
    polledOnly?: BotApiServerOptions['polledOnly'];
    onReply: (bot: Bot, reply: WebhookReply) => void;
  }) {
    const { telegram, profile, restored, polledOnly, onReply } = options;
    const { clock, random } = telegram;
    this.#telegram = telegram;
    this.#onReply = onReply;
    this.id = profile.id;
    this.user = { id: profile.id, is_bot: true, first_name: profile.first_name, username: profile.username };
    this.hasInlineMode = profile.hasInlineMode ?? true;
    this.hasPrivacyMode = profile.hasPrivacyMode ?? false;
    this.updates = new UpdateQueue({ clock, random, ...(restored && { restored: restored.updates }) });
    this.book = new MessageBook(restored?.book);
    this.queries = new Queries({ clock, random });
    this.texts = new ProfileTexts(restored?.texts);
    this.#allowedUpdates = restored?.allowedUpdates ?? DEFAULT_ALLOWED_UPDATES;
    this.isPolledOnly = polledOnly !== undefined;
    if (polledOnly !== undefined && restored?.webhook !== undefined)
      polledOnly.forgotWebhook(restored.webhook.url);
    else this.#webhook = restored?.webhook;
    for (const pending of this.updates.all()) this.#remembered.set(pending.updateId, pending);
    this.poll = new LongPoll({
      queue: this.updates,
      clock,
      listener: {
        confirmed: (update) => this.#confirmed(update),
        dropped: (update, reason) => this.#dropped(update, reason),
      },
    });
  }

  get state(): BotState {
    return {
      id: this.id,
      allowedUpdates: this.#allowedUpdates,
      webhook: this.#webhook,
      updates: this.updates.state,
      book: this.book.state,
      texts: this.texts.state,
    };
  }

  get webhook(): WebhookSetting | undefined {
    return this.#webhook;
  }

  get allowedUpdates(): readonly UpdateKind[] {
    return this.#allowedUpdates;
  }

  get lastError(): { readonly date: number; readonly message: string } | undefined {
    return this.#lastError;
  }

  get ipAddress(): string | undefined {
    return this.#ipAddress;
  }

  /** Takes up a restored webhook's delivery. */
  start(): void {
    if (this.#webhook) this.#deliverTo(this.#webhook);
  }

  stop(): void {
    this.#delivery?.stop();
    this.poll.release();
  }

  allowUpdates(kinds: readonly UpdateKind[]): void {
    this.#allowedUpdates = kinds;
    this.#telegram.changed();
  }

  setWebhook(setting: WebhookSetting | undefined): void {
    this.#delivery?.stop();
    this.#delivery = undefined;
    this.#lastError = undefined;
    this.#ipAddress = undefined;
    this.#webhook = setting;
    this.#telegram.changed();
    if (setting) this.#deliverTo(setting);
  }

  /** Queues an update with the next id. Undefined, and nothing queued, if the bot does not want this kind. */
  queue(content: UpdateContent): number | undefined {
    const kind = kindOf(content);
    if (kind === undefined || !this.#allowedUpdates.includes(kind)) return undefined;
    return this.inject(content, {});
  }

  /** Queues any object as an update; gives it an id if it brings no usable one. */
  inject(
    content: object,
    options: { queueId?: number | undefined; lifetimeMs?: number | undefined },
  ): number {
    const given: unknown = 'update_id' in content ? content.update_id : undefined;
    const usable = typeof given === 'number' && Number.isInteger(given) && given > 0 && given < 2 ** 31;
    const updateId = usable && !this.updates.has(given) ? given : this.updates.nextId();
    const nowMs = this.#telegram.clock.wallMs();
    const update = { update_id: updateId, ...content } as Update;
    const pending: PendingUpdate = {
      updateId,
      update,
      queueId: options.queueId ?? queueOf(update) ?? this.updates.ownQueueId(),
      expiresAtMs: options.lifetimeMs === undefined ? expiryOf(update, nowMs) : nowMs + options.lifetimeMs,
    };
    this.updates.push(pending);
    this.#remember(pending);
    // Before anybody sees it: a crash must not give its id to another update.
    this.#telegram.saveNow();
    this.#telegram.hub.emit({ type: 'update-queued', bot: this.id, update });
    this.#wake();
    return updateId;
  }

  /** @throws Error for an update this bot never had */
  async redeliver(updateId: number, copies: number): Promise<readonly Delivery[]> {
    const update = this.#remembered.get(updateId);
    if (!update) throw new Error(`Bot ${this.id} never had an update ${updateId}`);
    const delivery = this.#delivery;
    if (delivery) return Promise.all(Array.from({ length: copies }, () => delivery.sendCopy(update)));
    this.updates.putBack(update);
    this.#wake();
    return [];
  }

  dropPendingUpdates(): void {
    for (const update of this.updates.all()) {
      this.updates.remove(update.updateId);
      this.#dropped(update, 'drop_pending_updates');
    }
  }

  #wake(): void {
    if (this.#delivery) this.#delivery.wake();
    else this.poll.wake();
  }

  #remember(update: PendingUpdate): void {
    this.#remembered.set(update.updateId, update);
    const oldest = this.#remembered.keys().next().value;
    if (this.#remembered.size > MAX_REMEMBERED_UPDATES && oldest !== undefined)
      this.#remembered.delete(oldest);
  }

  #confirmed(update: PendingUpdate): void {
    this.#telegram.changed();
    this.#telegram.hub.emit({ type: 'update-confirmed', bot: this.id, updateId: update.updateId });
  }

  #dropped(update: PendingUpdate, reason: DroppedUpdate['reason']): void {
    this.#telegram.changed();
    this.#telegram.drop({
      bot: this.id,
      updateId: update.updateId,
      at: this.#telegram.clock.wallMs(),
      reason,
    });
  }

  #deliverTo(setting: WebhookSetting): void {
    const telegram = this.#telegram;
    this.#delivery = new WebhookDelivery({
      setting,
      queue: this.updates,
      clock: telegram.clock,
      random: telegram.random,
      listener: {
        started: (update, attempt) => telegram.startDelivery(this.id, update, attempt),
        ended: (delivery) => telegram.hub.emit({ type: 'delivery-ended', delivery }),
        confirmed: (update) => this.#confirmed(update),
        expired: (update) => this.#dropped(update, 'expired'),
        failed: (message) => (this.#lastError = { date: unixTime(telegram.clock), message }),
        reached: (ipAddress) => (this.#ipAddress = ipAddress),
        replied: ({ updateId }, method, args) => this.#onReply(this, { method, args, updateId }),
        gone: () => this.setWebhook(undefined),
      },
    });
    this.#delivery.wake();
  }
}
