/** How a store refuses every request: it answers, and repeats that answer until an operator has mended the cause. */
export type StoreRefusal = 'no-table' | 'expired' | 'not-accepted' | 'denied';

/**
 * The store could not be asked, did not answer, or refuses everybody. After a write its outcome is unknown: it may have
 * landed, and may still land. Never counted against an update: see G5 in ./README.md.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  /** Absent: it may pass by itself. */
  readonly refusal: StoreRefusal | undefined;

  constructor(message?: string, options: ErrorOptions & { refusal?: StoreRefusal | undefined } = {}) {
    super(message, options);
    this.refusal = options.refusal;
  }
}

/** The same, but for good: what the store kept is not what was written there, and only a person can mend that. */
export class StoreDamagedError extends StoreUnavailableError {}
