import { createHash } from 'node:crypto';
import type { TelegramAccess } from '../../telegram/tenure-bot.ts';
import { meetingPoint, type MeetingPoint, type Neighbour } from './meeting-point.ts';

/** Another process of this machine runs this bot over another store, where no lease can tell it from this one. */
export class BotInUseError extends Error {
  override readonly name = 'BotInUseError';
  readonly by: Neighbour;

  constructor(by: Neighbour) {
    super('another process of this machine runs this bot');
    this.by = by;
  }
}

/** So often a process that shares the bot with others of its store looks whether the lock is free. */
const TAKE_AGAIN_MS = 1_000;

/**
 * The lock of a bot on this machine, wherever its processes stand. A lease excludes within its store; with another
 * folder, another checkout or another user it is another store, so there is one lock for a bot and machine. Processes
 * of one store share it, since their lease decides. The system ends it with its process, however that ends.
 */
export class BotLock {
  readonly #point: MeetingPoint;
  /** Taken with the lock: tells whose store it is when its process is frozen and says nothing. */
  readonly #mark: MeetingPoint;
  readonly #describe: () => Neighbour;
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param options.key the key of the bot; see {@link botKey}
   * @param options.store the same for two processes whose lease is the same
   * @param options.describe the words for a process that is refused
   */
  constructor(options: {
    key: string;
    store: string;
    describe: () => Neighbour;
    meet?: (key: string) => MeetingPoint;
  }) {
    const { key, store, describe, meet = meetingPoint } = options;
    this.#point = meet(key);
    this.#mark = meet(`of-${digest([key, store])}`);
    this.#describe = () => ({ ...describe(), store: digest([store]) });
  }

  /** The process that runs the bot over another store; `undefined` when none does. */
  async heldBy(): Promise<Neighbour | undefined> {
    const present = await this.#point.present();
    return present && this.#unlessShared(present);
  }

  /** @returns the process that runs the bot over another store, in which case nothing is taken */
  async take(): Promise<Neighbour | undefined> {
    const present = await this.#occupy();
    if (present === undefined) return undefined;
    const other = await this.#unlessShared(present);
    if (other === undefined) this.#takeLater();
    return other;
  }

  async release(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await this.#mark.leave();
    await this.#point.leave();
  }

  async #occupy(): Promise<Neighbour | undefined> {
    const present = await this.#point.occupy(this.#describe);
    if (present === undefined) await this.#mark.occupy(this.#describe);
    return present;
  }

  async #unlessShared(present: Neighbour): Promise<Neighbour | undefined> {
    const { store } = this.#describe();
    const isShared =
      present.store === undefined ? (await this.#mark.present()) !== undefined : present.store === store;
    return isShared ? undefined : present;
  }

  /** A process that shares the lock with this one may end first. */
  #takeLater(): void {
    this.#retry = setTimeout(() => {
      void this.#occupy().then((present) => {
        if (this.#retry === undefined) return void this.release();
        if (present !== undefined) this.#takeLater();
      });
    }, TAKE_AGAIN_MS).unref();
  }
}

/**
 * The same for each process that has the token, and for nobody else: who does not know the token cannot take the lock
 * first. A Bot API server of one's own has other bots under the same tokens.
 */
export function botKey({ token, apiRoot }: TelegramAccess): string {
  const { protocol, hostname, port, pathname } = new URL(apiRoot);
  const host = hostname === 'localhost' || hostname === '[::1]' ? '127.0.0.1' : hostname;
  return digest(['bot', `${protocol}//${host}:${port}${pathname}`, token]);
}

/** The key of a bot without a token: it is known by its store, and excludes nobody. */
export function storeKey(store: string): string {
  return digest(['store', store]);
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}
