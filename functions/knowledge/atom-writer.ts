import type { KnowledgeStore, StoredAtom } from './store.ts';

const BATCH_ITEMS = 25;
const BATCH_CHARACTERS = 500_000;
const MAX_IN_FLIGHT = 4;

/** Writes atoms as they come, a few batches at a time, so that a source of any size stays in bounded memory. */
export class AtomWriter {
  readonly #store: Pick<KnowledgeStore, 'writeAtoms'>;
  readonly #inFlight = new Set<Promise<void>>();
  #batch: StoredAtom[] = [];
  #characters = 0;
  #failure: { error: unknown } | undefined;

  constructor(store: Pick<KnowledgeStore, 'writeAtoms'>) {
    this.#store = store;
  }

  /** Resolves when there is room for the next one. @throws whatever an earlier write has thrown */
  async add(item: StoredAtom): Promise<void> {
    this.#batch.push(item);
    this.#characters += item.atom.content.length + JSON.stringify(item.atom.extra ?? '').length;
    if (this.#batch.length < BATCH_ITEMS && this.#characters < BATCH_CHARACTERS) return;
    this.#send();
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
    this.#throwFailure();
  }

  /** Resolves when everything is stored. @throws whatever a write has thrown */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) this.#send();
    await this.settle();
    this.#throwFailure();
  }

  /** Resolves when no write is under way any more, however it ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  #send(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#characters = 0;
    const write = this.#store
      .writeAtoms(batch)
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => this.#inFlight.delete(write));
    this.#inFlight.add(write);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
