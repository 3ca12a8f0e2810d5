import type { SearchIndex } from '../search/port.ts';
import type { Atom } from './atom.ts';
import type { Brief } from './excerpts.ts';

/** Counts shown by `/kb_stats`, largest first. */
export interface KnowledgeStats {
  total: number;
  byManufacturer: { value: string; count: number }[];
  byType: { value: string; count: number }[];
}

/** One published version of the knowledge base: everything read through it belongs to that version. */
export interface KnowledgeVersion {
  readonly version: string;
  readonly publishedAtMs: number;
  readonly index: SearchIndex;
  readonly stats: KnowledgeStats;
  /** Exact id. @throws StoreUnavailableError */
  get(id: string): Promise<Atom | undefined>;
  /** In the order asked for; ids that do not exist are left out. @throws StoreUnavailableError */
  getMany(ids: readonly string[]): Promise<Atom[]>;
  /**
   * How each of these atoms begins (white space folded), to cut a snippet from: of most versions it is in memory. Empty
   * where there is no such atom.
   * @throws StoreUnavailableError
   */
  excerptsOf(ids: readonly string[]): Promise<string[]>;
  /**
   * The parts of these atoms that can be shared (white space folded): of most versions they are in memory. `undefined`
   * where there is no such atom.
   * @throws StoreUnavailableError
   */
  briefsOf(ids: readonly string[]): Promise<(Brief | undefined)[]>;
}

/** The read side that the bot, the health check and the CLI use. */
export interface KnowledgeBase {
  /**
   * The version that is live now; the last one loaded is kept in memory and replaced when the pointer has moved.
   * `undefined` when nothing was ever imported.
   * @throws StoreUnavailableError
   */
  current(): Promise<KnowledgeVersion | undefined>;
}
