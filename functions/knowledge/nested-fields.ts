import { plainName } from './plain-name.ts';

/** Names of objects that hold what a record says about itself, in the form of {@link plainName}. */
const NESTS = new Set(
  `metadata meta attributes properties fields custom_fields frontmatter front_matter additional_metadata
  metadaten eigenschaften felder`.split(/\s+/),
);
const MAX_DEPTH = 4;
const MAX_JSON_CHARACTERS = 100_000;

interface Nest {
  name: string;
  fields: Map<string, unknown>;
  parent: Map<string, unknown>;
}

/** The fields that stand in an object beside those of a record, as `{"title": ..., "metadata": {"language": "de"}}`. */
export class NestedFields {
  /** The outermost first. */
  readonly #nests: Nest[] = [];
  readonly #changed = new Set<Nest>();

  constructor(record: Map<string, unknown>) {
    let around = [record];
    for (let depth = 0; depth < MAX_DEPTH && around.length > 0; depth++) {
      const found = around.flatMap((parent) => nestsIn(parent));
      this.#nests.push(...found);
      around = found.map(({ fields }) => fields);
    }
  }

  /** Takes the value of the first of `names` that a nest has and that fits; what is left is put back into the record. */
  take(
    names: readonly string[],
    fits: (plain: string, value: unknown) => boolean,
  ): { name: string; value: unknown } | undefined {
    for (const wanted of names)
      for (const nest of this.#nests)
        for (const [own, value] of nest.fields) {
          if (plainName(own) !== wanted || !fits(wanted, value)) continue;
          nest.fields.delete(own);
          this.#changed.add(nest);
          return { name: `${nest.name}.${own}`, value };
        }
    return undefined;
  }

  /** The fields that nobody took stay where they were. */
  putBack(): void {
    for (const nest of [...this.#nests].reverse()) {
      if (!this.#changed.has(nest)) continue;
      if (nest.fields.size === 0) nest.parent.delete(nest.name);
      else nest.parent.set(nest.name, Object.fromEntries(nest.fields));
      const outer = this.#nests.find(({ fields }) => fields === nest.parent);
      if (outer !== undefined) this.#changed.add(outer);
    }
  }
}

/** A nest may have been written as text: a column of JSON in a table. */
function nestsIn(parent: Map<string, unknown>): Nest[] {
  return [...parent].flatMap(([name, value]) => {
    if (!NESTS.has(plainName(name))) return [];
    const fields = typeof value === 'string' ? objectIn(value) : value;
    return typeof fields === 'object' && fields !== null && !Array.isArray(fields)
      ? [{ name, parent, fields: new Map(Object.entries(fields)) }]
      : [];
  });
}

function objectIn(text: string): unknown {
  if (!text.startsWith('{') || text.length > MAX_JSON_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
