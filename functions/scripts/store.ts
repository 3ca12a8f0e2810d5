import type { Script } from './script.ts';

/** A line of a list of scripts. */
export type ScriptSummary = Pick<Script, 'id' | 'topic' | 'title' | 'durationSeconds' | 'createdAtMs'>;

export interface SaveOptions {
  /** How long the script can be read; without it, for ever. */
  ttlMs?: number;
  /** When saving it is of no use any more. */
  signal?: AbortSignal;
}

/** Where generated scripts are kept. */
export interface ScriptStore {
  /**
   * Idempotent by `script.id`: a repeat overwrites, and the time of the first save stays the script's `createdAtMs`.
   * @throws StoreUnavailableError
   */
  save(script: Script, options?: SaveOptions): Promise<void>;
  /** `undefined` when there is none or its time is over. @throws StoreUnavailableError */
  get(id: string): Promise<Script | undefined>;
  /** Newest first. @throws StoreUnavailableError */
  listByUser(userId: number, options: { limit: number }): Promise<ScriptSummary[]>;
}

/** The id of the script that an update asks for, so that handling the update again overwrites its own script. */
export function scriptIdOf(botId: string, updateId: number): string {
  return `${botId}-${updateId}`;
}
