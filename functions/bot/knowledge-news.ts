import type { Pointer } from '../knowledge/store.ts';
import type { AdminNotes } from './admin-notes.ts';

/** Remembers of which publication of the knowledge base administrators were told last. */
export interface NewsStore {
  /**
   * To be asked before they are told.
   * @param revision of the pointer
   * @returns whether they know of neither this publication nor a later one, and nobody else is about to tell them: the
   *   caller is, for {@link NEWS_CLAIM_MS}
   * @throws StoreUnavailableError
   */
  claim(revision: number): Promise<boolean>;
  /** They know of this publication, and are told of none before it any more. @throws StoreUnavailableError */
  recordTold(revision: number): Promise<void>;
}

/**
 * How long whoever claimed a publication has to tell of it: longer than a message takes, and less than what lies
 * between two looks, so that the next one tells where this one did not get through.
 */
export const NEWS_CLAIM_MS = 30_000;

/**
 * Tells administrators of atoms that arrive, by whatever way: what counts is that another version is live. Of several
 * between two looks only of the last. Once for each, and again where it is not known that one of them was told:
 * twice is better than never.
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
