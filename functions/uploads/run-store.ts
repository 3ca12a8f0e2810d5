/** A run of an import. Its request's id is the same when that request is delivered again. */
export interface Run {
  /** The key of the import: of an upload, or of the reindexing. */
  name: string;
  requestId: string;
}

/** Which imports are under way, so that the same one is not begun twice. */
export interface RunStore {
  /**
   * A repetition of the request that began it may go on: the first one has crashed, or its answer was lost.
   * @returns false when another request's is under way @throws StoreUnavailableError
   */
  begin(run: Run, nowMs: number): Promise<boolean>;
  /** Another request's stays as it is. @throws StoreUnavailableError */
  end(run: Run): Promise<void>;
}

/** Longer than an import can take: a process that has not ended its import by then is dead. */
export const RUN_LIMIT_MS = 11 * 60_000;
