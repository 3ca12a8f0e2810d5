import type { Pointer } from '../knowledge/store.ts';
import type { AdminNotes } from './admin-notes.ts';

/** Remembers the last publication of the knowledge base that administrators know of. */
export interface NewsStore {
  /**
   * To be asked before the note is sent to them.
   * @param revision the pointer's
   * @returns whether they know of neither this publication nor a later one, and nobody else is about to tell them: the
   *   caller is, for {@link NEWS_CLAIM_MS}
   * @throws StoreUnavailableError
   */
  claim(revision: number): Promise<boolean>;
  /** They know of this publication, and no note says anything of those before it any more. @throws StoreUnavailableError */
  recordTold(revision: number): Promise<void>;
}

/**
 * The time that a process has to tell of the publication that it claimed: longer than a message takes, and shorter
 * than the pause between two looks, so that the next look tells of it if this one did not get through.
 */
export const NEWS_CLAIM_MS = 30_000;

/**
 * Tells administrators of atoms that arrive, by whatever way: what counts is that another version is live. When several
 * arrive between two looks, it tells of the last only. It tells once of each, and again where it is not known that a
 * note reached one of them: twice is better than never.
 */
export class KnowledgeNews {
  readonly #readPointer: () => Promise<Pointer | undefined>;
  readonly #store: NewsStore;
  readonly #admins: AdminNotes;

  constructor(options: {
    readPointer: () => Promise<Pointer | undefined>;
    store: NewsStore;
    admins: AdminNotes;
  }) {
    this.#readPointer = options.readPointer;
    this.#store = options.store;
    this.#admins = options.admins;
  }

  /** One look. @throws StoreUnavailableError */
  async look(): Promise<void> {
    if (this.#admins.userIds.length === 0) return;
    const pointer = await this.#readPointer();
    if (pointer === undefined || !(await this.#store.claim(pointer.revision))) return;
    const { current, previous } = pointer;
    const isTold = await this.#admins.tell((texts) =>
      texts.admin.published({ total: current.atoms, before: previous?.atoms }),
    );
    if (isTold) await this.#store.recordTold(pointer.revision);
  }
}
