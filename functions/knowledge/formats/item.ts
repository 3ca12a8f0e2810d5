/** One record of a file, or why that one cannot be read. */
export type Item = { index: number; line?: number } & (
  | {
      kind: 'record';
      value: unknown;
      /** The format that the file or the record was read as, for people: `JSON`, `CSV with semicolons`. */
      as: string;
      /** The changes that were made to it as a whole. */
      notes?: readonly string[];
      /** Names of the fields that were taken from what the file says for all of its records. */
      inherited?: readonly string[];
    }
  | { kind: 'unreadable'; why: string }
);
