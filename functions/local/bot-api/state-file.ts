import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { createPrivateFolder, writePrivateFile } from '../machine/private-files.ts';
import type { BotState } from './bot.ts';
import type { PeopleState } from './people.ts';

const VERSION = 1;

/** All that is kept across restarts. */
export interface TelegramState {
  readonly people: PeopleState;
  readonly bots: readonly BotState[];
}

const id = v.pipe(v.number(), v.integer());
const records = v.array(v.looseObject({}));

/** Checked as deep as a truncated or foreign file can hurt; the rest was written by this module. */
const stateSchema = v.object({
  version: v.literal(VERSION),
  people: v.object({ users: records, chats: records, blocks: v.array(v.tuple([id, id])) }),
  bots: v.array(
    v.looseObject({
      id,
      allowedUpdates: v.array(v.string()),
      webhook: v.optional(v.object({ url: v.string(), secretToken: v.string(), maxConnections: id })),
      updates: v.object({
        nextUpdateId: id,
        lastUpdateAtMs: v.number(),
        pending: v.array(
          v.object({ updateId: id, update: v.looseObject({}), queueId: id, expiresAtMs: v.number() }),
        ),
      }),
      book: v.object({ nextMessageId: id, messages: records }),
      texts: v.object({ texts: v.array(v.unknown()), commands: v.array(v.unknown()) }),
    }),
  ),
});

/** The state file is there and cannot be used; nothing of it was changed. */
class StateFileError extends Error {
  override readonly name = 'StateFileError';
  readonly forOperator = true;
}

/** Keeps the state in one JSON file, readable by its owner alone (it holds webhook secrets, but no token). */
export class StateFile {
  readonly #path: string;
  readonly #state: () => TelegramState;
  readonly #onTrouble: (reason: string) => void;
  #isTroubled = false;
  #due: NodeJS.Immediate | undefined;

  /** @param onTrouble hears once that the file cannot be written; whatever happens then is in memory alone */
  constructor(path: string, state: () => TelegramState, onTrouble: (reason: string) => void) {
    this.#path = path;
    this.#state = state;
    this.#onTrouble = onTrouble;
  }

  /** Undefined when there is no such file. @throws StateFileError */
  static load(path: string): TelegramState | undefined {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new StateFileError(
        `${path} cannot be read: ${(error as Error).message}. Mend that, or move it away to start anew`,
      );
    }
    try {
      return v.parse(stateSchema, JSON.parse(text)) as unknown as TelegramState;
    } catch (error) {
      const reason = v.isValiError(error)
        ? `${v.getDotPath(error.issues[0]) ?? 'content'} is invalid`
        : 'no JSON';
      throw new StateFileError(
        `${path} does not hold the state of a local Bot API server (${reason}); move it away to start anew`,
      );
    }
  }

  /** Once for all changes of this turn. */
  soon(): void {
    this.#due ??= setImmediate(() => this.now());
  }

  /** Whole or not at all: a crash leaves the previous file. */
  now(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    try {
      createPrivateFolder(dirname(this.#path));
      writePrivateFile(this.#path, JSON.stringify({ version: VERSION, ...this.#state() }));
      this.#isTroubled = false;
    } catch (error) {
      if (this.#isTroubled) return;
      this.#isTroubled = true;
      this.#onTrouble(`${this.#path} cannot be written: ${(error as Error).message}`);
    }
  }
}
