import { layoutInForce } from './layout-survey.ts';
import { LayoutNotActivatedError, MAPPING_VERSION, UnknownMappingError, type Layout } from './layout.ts';
import type { LeaseStore } from './lease-store.ts';

/** The layout as this process last read it. Nothing refreshes it but meeting an item of a replaced layout. */
export class LayoutReader {
  readonly #store: LeaseStore;
  #known: Promise<Layout> | undefined;

  constructor(store: LeaseStore) {
    this.#store = store;
  }

  /**
   * @throws LayoutNotActivatedError, LayoutLostError
   * @throws UnknownMappingError
   * @throws StoreUnavailableError
   */
  current(): Promise<Layout> {
    return this.#known ?? this.reread();
  }

  reread(): Promise<Layout> {
    const reading = this.#read();
    this.#known = reading;
    // A failed read must not be remembered, or one store error would refuse every later update.
    reading.catch(() => {
      if (this.#known === reading) this.#known = undefined;
    });
    return reading;
  }

  async #read(): Promise<Layout> {
    const layout = await layoutInForce(this.#store);
    if (layout === undefined) throw new LayoutNotActivatedError('the lease layout was never activated');
    if (layout.mapping !== MAPPING_VERSION) {
      throw new UnknownMappingError(
        `the lease layout uses mapping ${layout.mapping}; this version knows ${MAPPING_VERSION} only`,
      );
    }
    return layout;
  }
}
