import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from 'grammy/web';
import * as v from 'valibot';
import { profileOf } from '../bot/menus.ts';
import { applyProfile } from '../telegram/bot-profile.ts';
import { writePrivateFile } from './machine/private-files.ts';
import { tryRead } from './machine/try-read.ts';

const idsSchema = v.array(v.pipe(v.number(), v.integer()));

/**
 * The administrators of a bot without Telegram. `ADMIN_USER_IDS` decides where it is set; otherwise one of the people
 * there, until others are given the rights, which a file in the data folder keeps.
 */
export class LocalAdministrators {
  /** User ids. The run's settings hold this very array, so that its bot knows of a change with the next update. */
  readonly ids: number[];
  readonly #file: string | undefined;

  constructor(options: { dataFolder: string; configured: readonly number[]; otherwise: number }) {
    const { dataFolder, configured, otherwise } = options;
    this.#file = configured.length > 0 ? undefined : join(dataFolder, 'administrators.json');
    this.ids = [...(this.#file === undefined ? configured : (readIds(this.#file) ?? [otherwise]))];
  }

  /** Whether the rights can be given and taken here. */
  get canChange(): boolean {
    return this.#file !== undefined;
  }

  /**
   * Gives somebody the rights or takes them, with the menu of commands that goes with them.
   * @throws Error where {@link canChange} is false, GrammyError, HttpError
   */
  async appoint(userId: number, isAdministrator: boolean, api: Api): Promise<void> {
    if (this.#file === undefined) throw new Error('ADMIN_USER_IDS names the administrators');
    const index = this.ids.indexOf(userId);
    if (isAdministrator === index >= 0) return;
    if (isAdministrator) this.ids.push(userId);
    else this.ids.splice(index, 1);
    writePrivateFile(this.#file, `${JSON.stringify(this.ids)}\n`);
    await applyProfile(api, profileOf({ adminUserIds: this.ids }), { formerChatIds: [userId] });
  }
}

/** A file that cannot be read names nobody. */
const readIds = (file: string): number[] | undefined =>
  tryRead(() => v.parse(idsSchema, JSON.parse(readFileSync(file, 'utf8'))));
