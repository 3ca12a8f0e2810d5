/**
 * The store could not be asked or did not answer. After a write its outcome is unknown: it may have landed, and
 * may still land. Never counted against an update: see G5 in ./README.md.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
