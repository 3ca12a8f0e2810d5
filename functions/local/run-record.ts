import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ProcessIdentity } from './process-identity.ts';

const schema = v.object({
  holder: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  state: v.picklist(['starting', 'standby', 'running']),
  /** Where it answers; absent until it does. */
  port: v.optional(v.number()),
});

/** One bot process, as its data folder knows it. The lease stays the authority on who consumes. */
export type RunRecord = v.InferOutput<typeof schema>;

/**
 * The processes of one data folder, a file each: how `bot stop` finds one that holds no lease, and how `bot status`
 * finds the port of one that was started with another.
 */
export class RunRecords {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'run');
  }

  /** Nothing depends on it but convenience, so a folder that takes no file is no reason not to run. */
  write(record: RunRecord): void {
    const file = this.#file(record.pid);
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(record));
      renameSync(`${file}.new`, file);
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

  /** Those whose process lives; the files of the others are removed. */
  living(identity: ProcessIdentity): RunRecord[] {
    return this.#read().filter((record) => {
      const isDead = identity.isDead(record.holder);
      if (isDead) this.remove(record.pid);
      return !isDead;
    });
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
      return [v.parse(schema, JSON.parse(readFileSync(join(this.#folder, name), 'utf8')))];
    } catch {
      return [];
    }
  }
}
