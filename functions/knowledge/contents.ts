import { CorruptSnapshotError } from '../search/port.ts';
import type { Atom } from './atom.ts';
import { CONTENT_HASH_LENGTH, contentHash } from './content-hash.ts';
import type { KnowledgeStats } from './port.ts';
import { StatsCounter } from './stats.ts';

const FORMAT = 1;

interface Columns {
  format: typeof FORMAT;
  stats: KnowledgeStats;
  /** The imports that wrote the items; few, since most rows share one. */
  itemVersions: string[];
  /** Per row: position in `itemVersions`. */
  versions: number[];
  /** Per row, one after the other. */
  hashes: string;
  /** Per row, separated by newlines, which no id contains. */
  ids: string;
}

/**
 * The contents of one version of the knowledge base: for every atom the item that holds it and its content's hash.
 * Row n is document n of the search index of the same version. In columns, so that a reader, who needs one number of
 * a row, pays for nothing else.
 */
export class Contents {
  readonly #columns: Columns;
  #rows: Map<string, number> | undefined;

  private constructor(columns: Columns) {
    this.#columns = columns;
  }

  get size(): number {
    return this.#columns.versions.length;
  }

  get stats(): KnowledgeStats {
    return this.#columns.stats;
  }

  /** Which import wrote the item of this row. */
  itemVersionAt(row: number): string | undefined {
    const position = this.#columns.versions[row];
    return position === undefined ? undefined : this.#columns.itemVersions[position];
  }

  itemVersionOf(id: string): string | undefined {
    const row = this.#rowsById().get(id);
    return row === undefined ? undefined : this.itemVersionAt(row);
  }

  hashOf(id: string): string | undefined {
    const row = this.#rowsById().get(id);
    if (row === undefined) return undefined;
    return this.#columns.hashes.slice(row * CONTENT_HASH_LENGTH, (row + 1) * CONTENT_HASH_LENGTH);
  }

  /** In the order of the rows. */
  ids(): Iterable<string> {
    return this.#rowsById().keys();
  }

  serialise(): Uint8Array {
    return Buffer.from(JSON.stringify(this.#columns), 'utf8');
  }

  /** @throws CorruptSnapshotError when the bytes are not of a format that this version reads */
  static parse(bytes: Uint8Array): Contents {
    const columns = parseJson(bytes);
    if (columns.format !== FORMAT) throw new CorruptSnapshotError('contents are of another format');
    return new Contents(columns);
  }

  static builder(): ContentsBuilder {
    return new ContentsBuilder((columns) => new Contents(columns));
  }

  #rowsById(): Map<string, number> {
    if (this.#rows === undefined) {
      const ids = this.size === 0 ? [] : this.#columns.ids.split('\n');
      this.#rows = new Map(ids.map((id, row) => [id, row]));
    }
    return this.#rows;
  }
}

/** Takes atoms in the order in which they are added to the index. */
class ContentsBuilder {
  readonly #create: (columns: Columns) => Contents;
  readonly #stats = new StatsCounter();
  readonly #itemVersions = new Map<string, number>();
  readonly #versions: number[] = [];
  readonly #hashes: string[] = [];
  readonly #ids: string[] = [];

  constructor(create: (columns: Columns) => Contents) {
    this.#create = create;
  }

  get size(): number {
    return this.#ids.length;
  }

  add(atom: Atom, itemVersion: string): void {
    const position = this.#itemVersions.get(itemVersion) ?? this.#itemVersions.size;
    this.#itemVersions.set(itemVersion, position);
    this.#versions.push(position);
    this.#hashes.push(contentHash(atom));
    this.#ids.push(atom.atom_id);
    this.#stats.add(atom);
  }

  build(): Contents {
    return this.#create({
      format: FORMAT,
      stats: this.#stats.stats(),
      itemVersions: [...this.#itemVersions.keys()],
      versions: this.#versions,
      hashes: this.#hashes.join(''),
      ids: this.#ids.join('\n'),
    });
  }
}

function parseJson(bytes: Uint8Array): Columns {
  try {
    return JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
    ) as Columns;
  } catch (cause) {
    throw new CorruptSnapshotError('contents are not JSON', { cause });
  }
}
