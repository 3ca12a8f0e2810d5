import type { World } from '../world/world.ts';

export interface Violation {
  /** Which promise is broken: shrinking keeps to the same one. */
  check: string;
  atMs: number;
  text: string;
}

export type Check = (world: World) => Violation[];
