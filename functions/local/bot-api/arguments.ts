/** A file that came with a call as a part of multipart/form-data. */
export interface UploadedFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/**
 * The arguments of one call. Telegram takes them from the query string, a form, a JSON object or multipart parts, and
 * reads them all the same way: as strings, in which anything structured is JSON.
 */
export class Arguments {
  readonly #values: ReadonlyMap<string, string>;
  readonly #files: ReadonlyMap<string, UploadedFile>;

  constructor(values: ReadonlyMap<string, string>, files: ReadonlyMap<string, UploadedFile> = new Map()) {
    this.#values = values;
    this.#files = files;
  }

  /** From the fields of a JSON object. Telegram reads null as the word. */
  static fromObject(object: object): Arguments {
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(object) as [string, unknown][]) {
      if (value === undefined) continue;
      values.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    return new Arguments(values);
  }

  /** With values for the names that are missing here. */
  withDefaults(values: ReadonlyMap<string, string>): Arguments {
    return new Arguments(new Map([...values, ...this.#values]), this.#files);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** '' when left out. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** Out-of-range numbers are moved into range, and what is no number counts as 0, as on Telegram. */
  integer(name: string, bounds: { default: number; min?: number; max?: number }): number {
    const text = this.text(name);
    if (text === '') return bounds.default;
    const value = Number.parseInt(text, 10) || 0;
    return Math.min(Math.max(value, bounds.min ?? -Infinity), bounds.max ?? Infinity);
  }

  boolean(name: string): boolean {
    return ['true', 'yes', '1'].includes(this.text(name).trim().toLowerCase());
  }

  /** Parsed JSON, undefined when left out. @throws SyntaxError */
  json(name: string): unknown {
    const text = this.text(name);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The file of that name: its own part, or the part its `attach://` value names. */
  file(name: string): UploadedFile | undefined {
    const value = this.text(name);
    return this.#files.get(value.startsWith('attach://') ? value.slice('attach://'.length) : name);
  }

  /** For the log: structured values parsed, files by name and size. */
  toPayload(): Record<string, unknown> {
    const payload: Record<string, unknown> = {};
    for (const [name, value] of this.#values) payload[name] = parsedIfJson(value);
    for (const [name, file] of this.#files)
      payload[name] = { filename: file.filename, size: file.bytes.length };
    return payload;
  }
}

function parsedIfJson(value: string): unknown {
  if (!/^(?:[[{]|-?\d+$|true$|false$)/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'number' && String(parsed) !== value ? value : parsed;
  } catch {
    return value;
  }
}
