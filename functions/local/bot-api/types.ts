import type {
  BotCommand,
  Chat,
  InlineQueryResult,
  InlineQueryResultsButton,
  Message,
  Update,
  User,
} from 'grammy/types';
import type { BotApiClock } from './clock.ts';

/** A bot as BotFather knows it. `id` must be the number before the colon of its token. */
export interface BotProfile {
  readonly id: number;
  readonly username: string;
  readonly first_name: string;
  /** True by default; @BotFather's new bots have it off. */
  readonly hasInlineMode?: boolean;
  /** Off by default; @BotFather's new bots have it on. A group then shows the bot only what is meant for it. */
  readonly hasPrivacyMode?: boolean;
}

export interface BotApiServerOptions {
  /** Port on 127.0.0.1; 0 (the default) takes any free one. */
  readonly port?: number;
  /** The bots this server knows, by token. Every other token is answered 401. */
  readonly bots: Readonly<Record<string, BotProfile>>;
  /**
   * JSON file that keeps ids, chats, messages, webhooks and unconfirmed updates across restarts (not file contents).
   * Written before an update becomes visible, so that no update id is ever given twice.
   */
  readonly stateFile?: string;
  /** Time; the real one by default. */
  readonly clock?: BotApiClock;
  /** Uniform in [0, 1); `Math.random` by default. Picks the first update id and the 60 to 120 s retry delays. */
  readonly random?: () => number;
  /**
   * The program around this server asks for the updates of its bots with getUpdates: setWebhook is refused, and a
   * webhook in the state file is forgotten. The callback receives its URL.
   */
  readonly polledOnly?: { readonly forgotWebhook: (url: string) => void };
  /** Also offers the control methods over HTTP under `/local/`, to callers with the secret. Off by default. */
  readonly control?: { readonly secret: string };
}

/** The user who acts: a known user's id, or a profile, which makes the user known first. */
export type Actor = number | UserProfile;

export interface UserProfile {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

/** A chat of several people. Supergroup and channel ids begin with -100, basic group ids are negative. */
export interface ChatProfile {
  readonly id: number;
  readonly type: 'group' | 'supergroup' | 'channel';
  readonly title: string;
  readonly username?: string;
}

/** Which bot a control method is about: its id. May be left out while the server knows only one. */
export interface AboutBot {
  readonly bot?: number;
}

export interface UserMessage extends AboutBot {
  readonly from: Actor;
  /** Default: the private chat of that user with the bot. */
  readonly chat?: number;
  readonly text: string;
  /** A message of the same chat. */
  readonly replyTo?: number;
}

export interface UserDocument extends AboutBot {
  readonly from: Actor;
  readonly chat?: number;
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly caption?: string;
}

/** A press on an inline button, named by its label or by its data. */
export interface ButtonPress extends AboutBot {
  readonly from: Actor;
  readonly chat?: number;
  /** Id of the message that carries the button. */
  readonly message: number;
  readonly data?: string;
  readonly label?: string;
  /** Press although the message does not (or no longer) show that button, as a slow client does. Needs `data`. */
  readonly stale?: boolean;
}

export interface InlineRequest extends AboutBot {
  readonly from: Actor;
  readonly query: string;
  readonly offset?: string;
}

export interface InlineChoice extends AboutBot {
  readonly from: Actor;
  readonly query: string;
  readonly resultId: string;
  /** The query whose answer shows the result: its content is posted, in `chat` or the private chat with the bot. */
  readonly queryId?: string;
  readonly chat?: number;
}

/** The result of a user's act. `updateId` is absent where the bot's `allowed_updates` keeps the update from it. */
export interface Sent {
  readonly updateId: number | undefined;
  readonly message: Message;
}
export interface Asked {
  readonly updateId: number | undefined;
  readonly queryId: string;
}

export interface CallbackAnswer {
  readonly queryId: string;
  readonly text: string;
  readonly show_alert: boolean;
  readonly url: string;
  readonly cache_time: number;
}

export interface InlineAnswer {
  readonly queryId: string;
  readonly results: readonly InlineQueryResult[];
  readonly next_offset: string;
  readonly cache_time: number;
  readonly is_personal: boolean;
  readonly button: InlineQueryResultsButton | undefined;
}

export interface InjectOptions extends AboutBot {
  /** Queue of delivery; by default the one Telegram would choose for the kind, else one of its own. */
  readonly queueId?: number;
  /** By default the life Telegram gives to the kind, else a day. */
  readonly lifetimeMs?: number;
}

/** One call of a Bot API method. Never holds a token. */
export interface ApiCall {
  /** 1, 2, 3, ... in order of arrival. */
  readonly seq: number;
  readonly bot: number;
  /** In the spelling of the documentation, where it is a method this server knows. */
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch by the server's clock. */
  readonly at: number;
  /** The update this call surely belongs to: a webhook reply, or an answer to a query. */
  readonly updateId?: number;
  /** Made by the JSON body of a webhook's answer: nobody gets its result. */
  readonly webhookReply: boolean;
  /** HTTP status; undefined while the call runs, and where its caller never got an answer. */
  status?: number;
  /** Telegram's words where the call failed. */
  description?: string;
  /** The method took effect. A lost response has this and no `status`. */
  processed: boolean;
  /** The fault that met this call. */
  fault?: Fault['kind'];
}

/** One attempt to hand an update to the webhook. */
export interface Delivery {
  readonly seq: number;
  readonly bot: number;
  readonly updateId: number;
  readonly queueId: number;
  /** 1 for the first. Copies made by `redeliver` are not counted and say 0. */
  readonly attempt: number;
  /** Milliseconds since the epoch by the server's clock. */
  readonly at: number;
  endedAt?: number;
  /** HTTP status of the answer, if there was one. */
  status?: number;
  /** As getWebhookInfo words it. */
  error?: string;
  /** Seconds asked for by the webhook's `Retry-After`. */
  retryAfter?: number;
}

/** An update the bot will not get any more although it never confirmed it. */
export interface DroppedUpdate {
  readonly bot: number;
  readonly updateId: number;
  readonly at: number;
  readonly reason: 'expired' | 'drop_pending_updates' | 'negative offset';
}

/** A fault that a call meets; `processed` says whether the method takes effect all the same (default false). */
export type Fault =
  /** 429 with `parameters.retry_after` (seconds) and the header. */
  | { readonly kind: 'too-many-requests'; readonly retryAfter: number }
  /** 500 as JSON, and 502 as the HTML page of a proxy. */
  | { readonly kind: 'internal-error'; readonly processed?: boolean }
  | { readonly kind: 'bad-gateway'; readonly processed?: boolean }
  /** No answer, until the caller hangs up or the server closes. */
  | { readonly kind: 'hang'; readonly processed?: boolean }
  /** The connection is reset instead of an answer. `processed: true` is a lost response. */
  | { readonly kind: 'reset'; readonly processed?: boolean }
  /** The answer comes `delayMs` after the method took effect. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** 403 "bot was blocked by the user". */
  | { readonly kind: 'blocked' }
  /** 400 with this reason: what a chat, a topic or a message is refused for that is not modelled here. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface FaultRule {
  readonly fault: Fault;
  /** Method name, in any case; every method by default. */
  readonly method?: string;
  /** How many matching calls it meets, 1 by default; `Infinity` for all until removed. */
  readonly times?: number;
  /** Which calls match; all by default. */
  readonly when?: (call: ApiCall) => boolean;
}

export interface ActiveFault {
  /** Calls met so far. */
  readonly hits: number;
  remove(): void;
}

export type BotApiEvent =
  | { readonly type: 'message-sent'; readonly bot: number; readonly message: Message }
  | { readonly type: 'message-edited'; readonly bot: number; readonly message: Message }
  | {
      readonly type: 'message-deleted';
      readonly bot: number;
      readonly chat: number;
      readonly messageId: number;
    }
  /** New, or with another profile. */
  | { readonly type: 'user-known'; readonly user: UserProfile }
  | { readonly type: 'chat-known'; readonly chat: ChatProfile }
  | { readonly type: 'chat-action'; readonly bot: number; readonly chat: number; readonly action: string }
  | { readonly type: 'callback-answered'; readonly bot: number; readonly answer: CallbackAnswer }
  | { readonly type: 'inline-answered'; readonly bot: number; readonly answer: InlineAnswer }
  | { readonly type: 'update-queued'; readonly bot: number; readonly update: Update }
  | { readonly type: 'update-confirmed'; readonly bot: number; readonly updateId: number }
  | { readonly type: 'update-dropped'; readonly dropped: DroppedUpdate }
  | { readonly type: 'delivery-started'; readonly delivery: Delivery }
  | { readonly type: 'delivery-ended'; readonly delivery: Delivery }
  | { readonly type: 'call-started'; readonly call: ApiCall }
  | { readonly type: 'call-ended'; readonly call: ApiCall }
  /** Told once, until the state file can be written again: a restart knows nothing of what happens meanwhile. */
  | { readonly type: 'state-not-kept'; readonly reason: string };

export interface WaitOptions extends AboutBot {
  /** Real milliseconds, 5000 by default, whatever clock the server runs on. */
  readonly timeoutMs?: number;
}

export interface NextMessageOptions extends WaitOptions {
  /** Only messages with a greater id; by default that of the last message somebody else than the bot sent there. */
  readonly after?: number;
}

/** The other side of the chat: what users, and Telegram itself, do and see. */
export interface Control {
  /** Makes a user known and lets the bot write to them, as after /start. Known already: the profile is replaced. */
  user(profile: UserProfile): User;
  /** Makes a group or channel known, with the bot in it. */
  chat(profile: ChatProfile): Chat;
  /** The group becomes a supergroup: what is sent to its former id is refused with the new one. */
  migrate(chat: number, to: ChatProfile): Chat;
  /** Everybody and every group that is known, in the order in which they became known. */
  people(): { readonly users: readonly UserProfile[]; readonly chats: readonly ChatProfile[] };
  /**
   * The commands that this user's client shows in this chat (default: their private chat), by scope and language.
   * https://core.telegram.org/bots/api#determining-list-of-commands
   */
  menu(reader: AboutBot & { readonly user: number; readonly chat?: number }): readonly BotCommand[];
  /** The user blocks the bot: `my_chat_member` to the bot, 403 for what it sends. */
  block(user: Actor, options?: AboutBot): void;
  unblock(user: Actor, options?: AboutBot): void;

  sendMessage(message: UserMessage): Sent;
  sendDocument(document: UserDocument): Sent;
  pressButton(press: ButtonPress): Asked;
  inlineQuery(request: InlineRequest): Asked;
  chooseInlineResult(choice: InlineChoice): { readonly updateId: number | undefined };
  /** Queues an update as it is, whatever `allowed_updates` says; a missing `update_id` is filled in. Returns the id. */
  inject(update: object, options?: InjectOptions): number;
  /**
   * Hands an update out again, confirmed or not: to the webhook at once, `copies` (default 1) times concurrently,
   * beside its queue; without a webhook, with the next getUpdates. Resolves when the webhook has answered all copies.
   */
  redeliver(
    updateId: number,
    options?: AboutBot & { readonly copies?: number },
  ): Promise<readonly Delivery[]>;

  /** The chat as its user sees it now: edits applied, deleted messages gone, oldest first. */
  messages(chat: number, options?: AboutBot): readonly Message[];
  /** Content of a file by its `file_id`, undefined when unknown. */
  file(fileId: string): Uint8Array | undefined;
  callbackAnswer(queryId: string): CallbackAnswer | undefined;
  inlineAnswer(queryId: string): InlineAnswer | undefined;

  /** Waits for the next message of the bot in that chat. Rejects with what happened instead. */
  nextMessage(chat: number, options?: NextMessageOptions): Promise<Message>;
  /** Waits until the message differs from the given state of it (default: as it is now). */
  nextEdit(chat: number, message: number | Message, options?: WaitOptions): Promise<Message>;
  nextCallbackAnswer(queryId: string, options?: WaitOptions): Promise<CallbackAnswer>;
  nextInlineAnswer(queryId: string, options?: WaitOptions): Promise<InlineAnswer>;
  /** Waits until nothing is pending: every update confirmed or dropped. */
  drained(options?: WaitOptions): Promise<void>;
  /** Waits until `probe` returns something; it is asked again after every event. `what` words the timeout error. */
  until<T>(what: string, probe: () => T | undefined | false, options?: WaitOptions): Promise<T>;
  /** Calls back after every event until the returned function is called. */
  subscribe(listener: (event: BotApiEvent) => void): () => void;

  /** Makes calls of the bots fail. The oldest rule that matches wins. */
  fault(rule: FaultRule): ActiveFault;
  clearFaults(): void;

  /** Calls so far, oldest first (the last 50,000); of one method if named. */
  calls(method?: string): readonly ApiCall[];
  /** Delivery attempts so far, oldest first (the last 50,000); of one update if given. */
  deliveries(updateId?: number): readonly Delivery[];
  pendingUpdates(options?: AboutBot): readonly Update[];
  droppedUpdates(): readonly DroppedUpdate[];
}

export interface BotApiServer extends Control {
  readonly port: number;
  /** For grammY's `client.apiRoot` and the setting TELEGRAM_API_ROOT, e.g. `http://127.0.0.1:8081`. */
  readonly apiRoot: string;
  /** Ends every request and delivery under way and saves the state. Leaves no timer or socket behind. */
  close(): Promise<void>;
}
