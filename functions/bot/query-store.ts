/** How long the buttons of a long query work. */
export const QUERY_KEPT_MS = 30 * 24 * 3_600_000;

/** Queries too long for the data of a button, under an id made of their text; who asked is not kept. */
export interface QueryStore {
  /** A repeat overwrites itself. The signal: when it is of no use any more. @throws StoreUnavailableError */
  put(id: string, query: string, keepUntilMs: number, signal?: AbortSignal): Promise<void>;
  /** `undefined` when there is none or its time is over. @throws StoreUnavailableError */
  get(id: string, nowMs: number): Promise<string | undefined>;
}
