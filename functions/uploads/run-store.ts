/** Which imports are under way, so that the same one is not begun twice. */
export interface RunStore {
  /** @returns false when it is under way already @throws StoreUnavailableError */
  begin(run: string, nowMs: number): Promise<boolean>;
  /** @throws StoreUnavailableError */
  end(run: string): Promise<void>;
}

/** Longer than any import may take: whoever began one and has not ended it by then is dead. */
export const RUN_LIMIT_MS = 20 * 60_000;
