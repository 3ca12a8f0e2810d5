/** A named change of the code under test. The text must occur exactly once: one that no longer does fails the run. */
export interface Mutant {
  name: string;
  file: string;
  search: string;
  replace: string;
  /** Why no promise depends on it: it is about speed only, or another clause says the same. It has to survive. */
  harmless?: string;
}
