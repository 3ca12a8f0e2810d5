/** One record of a file, or why that one cannot be read. */
export type Item = { index: number; line?: number } & (
  | {
      value: unknown;
      /** What the file or the record was read as, for people: `JSON`, `CSV with semicolons`. */
      as: string;
      /** What was done to it as a whole. */
      notes?: readonly string[];
    }
  | { unreadable: string }
);
