import type { Clause } from './clauses.ts';
import { initial, keyOf, type Bounds, type State } from './state.ts';
import { steps } from './steps.ts';

export interface Explored {
  states: number;
  /** How many steps the longest of the shortest ways has. */
  depth: number;
  /** Whether nothing is left to look at. */
  exhausted: boolean;
  /** The shortest way to a broken promise. */
  broken: { promise: string; way: string[] } | undefined;
}

/** Every state that can be reached, breadth first, so that a broken promise comes with a shortest way to it. */
export function explore(bounds: Bounds, options: { without?: Clause; most?: number } = {}): Explored {
  const { without, most = 2_000_000 } = options;
  const first = initial(bounds);
  const firstKey = hash(keyOf(first));
  const cameFrom = new Map<number, { from: number; by: string } | undefined>([[firstKey, undefined]]);
  let frontier: { key: number; state: State }[] = [{ key: firstKey, state: first }];
  let depth = 0;
  const found = (exhausted: boolean, broken?: Explored['broken']): Explored => ({
    states: cameFrom.size,
    depth,
    exhausted,
    broken,
  });
  for (; frontier.length > 0; depth += 1) {
    const next: typeof frontier = [];
    for (const { key: from, state } of frontier) {
      for (const { name, state: reached, broken } of steps(state, bounds, without)) {
        if (broken !== undefined)
          return found(false, { promise: broken, way: [...wayTo(cameFrom, from), name] });
        const key = hash(keyOf(reached));
        if (cameFrom.has(key)) continue;
        cameFrom.set(key, { from, by: name });
        next.push({ key, state: reached });
      }
      if (cameFrom.size > most) return found(false);
    }
    frontier = next;
  }
  return found(true);
}

function wayTo(
  cameFrom: ReadonlyMap<number, { from: number; by: string } | undefined>,
  key: number,
): string[] {
  const way: string[] = [];
  for (let step = cameFrom.get(key); step !== undefined; step = cameFrom.get(step.from)) way.push(step.by);
  return way.reverse();
}

/** 52 bits: among two million states two share one in about one of two thousand runs. */
function hash(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x2c1b3c6d;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff);
}
