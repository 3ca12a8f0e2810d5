import type { Pointer } from '../knowledge/store.ts';
import type { AdminNotes } from './admin-notes.ts';

/** Remembers of which publication of the knowledge base administrators were told last. */
export interface NewsStore {
  /**
   * To be asked before they are told.
   * @param revision of the pointer
   * @returns whether they knew of neither this publication nor a later one; from now on they do
   * @throws StoreUnavailableError
   */
  claim(revision: number): Promise<boolean>;
}

/**
 * Tells administrators of atoms that arrive, by whatever way: what counts is that another version is live. At most
 * once for each; of several between two looks only of the last.
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
    await this.#admins.tell((texts) =>
      texts.admin.published({ total: current.atoms, before: previous?.atoms }),
    );
  }
}
