import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { currentBoot, type Boot } from './place.ts';
import { closeToOthers, createPrivateFolder, writePrivateFile } from './private-files.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { userOf } from './process-life.ts';

const schema = v.object({
  holder: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  state: v.picklist(['starting', 'standby', 'running']),
  /** Where it answers; absent until it does. */
  port: v.optional(v.number()),
  /** How it was started: what a restart starts again. */
  mode: v.optional(v.picklist(['polling', 'webhook']), 'polling'),
  /** The bot's id and, once Telegram has told it, its name; absent for a bot that Telegram does not know. */
  bot: v.optional(v.object({ id: v.string(), username: v.optional(v.string()) })),
  /** The table that it works on instead of the data folder. */
  table: v.optional(v.string()),
  /** The absolute folder of its log; absent for one that writes to its terminal or to a service manager. */
  log: v.optional(v.string()),
  /** False for one that serves none: --no-page. */
  page: v.optional(v.literal(false)),
  /** ISO 8601 */
  since: v.optional(v.string()),
  machine: v.optional(v.string()),
  boot: v.optional(v.string()),
});

/** One bot process, as its data folder knows it. The lease stays the authority on who consumes. */
export type RunRecord = v.InferOutput<typeof schema>;

/** The note of a process about itself; its place is added. */
export type RunNote = Omit<RunRecord, 'machine' | 'boot'>;

/** So often a running bot writes its record anew. */
export const RECORD_EVERY_MS = 15_000;
/** A record of a process that cannot be seen from here is believed for so long. */
const BELIEVED_MS = 4 * RECORD_EVERY_MS;

/**
 * The processes of one data folder, a file each, for its owner's eyes: how `bot stop` finds the process to end, and
 * `bot status` the port of one that was started with another.
 */
export class RunRecords {
  readonly #folder: string;
  readonly #boot: Boot;

  /** @param options.hostId stands for this machine's own name and id (`BOT_HOST_ID`) */
  constructor(dataFolder: string, options: { hostId?: string } = {}) {
    this.#folder = join(dataFolder, 'run');
    this.#boot = currentBoot(options);
  }

  /** Without one the bot runs all the same, so a folder that takes no file is no reason not to. */
  write(note: RunNote): void {
    const file = this.#file(note.pid);
    try {
      createPrivateFolder(this.#folder);
      closeToOthers(this.#folder);
      writePrivateFile(file, JSON.stringify({ ...note, ...this.#boot }));
    } catch {
      return;
    }
  }

  /** One that stays is that of a process which is dead, and is not listed. */
  remove(pid: number): void {
    try {
      rmSync(this.#file(pid), { force: true });
    } catch {
      return;
    }
  }

  /**
   * Those whose process is certainly theirs and runs here: its place and its start are the recorded ones, and its user
   * is who owns the record. These alone may be sent a signal.
   */
  here(identity: ProcessIdentity): RunRecord[] {
    return this.current(identity).filter(
      (record) => identity.isAlive(record.holder) && this.#isOfItsUser(record),
    );
  }

  /**
   * All but those of processes that are known to have ended, or of which nothing was heard for too long: these are
   * removed. A process that is not {@link here} runs on another machine or in a container, or may not be seen.
   */
  current(identity: ProcessIdentity): RunRecord[] {
    return this.#read().filter((record) => {
      const isStale =
        identity.isDead(record.holder) || this.#isOfFormerBoot(record) || this.#isForgotten(record, identity);
      if (isStale) this.remove(record.pid);
      return !isStale;
    });
  }

  #isOfFormerBoot({ machine, boot }: RunRecord): boolean {
    const now = this.#boot;
    return machine === now.machine && boot !== undefined && now.boot !== undefined && boot !== now.boot;
  }

  #isForgotten({ pid, holder }: RunRecord, identity: ProcessIdentity): boolean {
    try {
      return !identity.isAlive(holder) && Date.now() - statSync(this.#file(pid)).mtimeMs > BELIEVED_MS;
    } catch {
      return true;
    }
  }

  #isOfItsUser({ pid }: RunRecord): boolean {
    if (process.platform === 'win32') return true;
    try {
      return statSync(this.#file(pid)).uid === userOf(pid);
    } catch {
      return false;
    }
  }

  #file(pid: number): string {
    return join(this.#folder, `${pid}.json`);
  }

  #read(): RunRecord[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return [];
    }
    return names.filter((name) => /^\d+\.json$/.test(name)).flatMap((name) => this.#readOne(name));
  }

  /** One that is gone by now, or that no process of ours wrote, hides none of the others. */
  #readOne(name: string): RunRecord[] {
    try {
      const record = v.parse(schema, JSON.parse(readFileSync(join(this.#folder, name), 'utf8')));
      return name === `${record.pid}.json` ? [record] : [];
    } catch {
      return [];
    }
  }
}
