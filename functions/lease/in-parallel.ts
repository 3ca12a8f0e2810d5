import { REQUESTS_AT_ONCE } from './limits.ts';

/**
 * Does it for each, a few at a time in their order. Where one fails no other begins, and what has begun has ended before
 * this throws: nothing goes on behind the caller's back.
 */
export async function inParallel<T>(items: Iterable<T>, task: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const waiting = [...items].values();
  const work = async (): Promise<void> => {
    for (const item of waiting) {
      if (failures.length > 0) return;
      await task(item).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
  if (failures.length > 0) throw failures[0];
}

/** The same for what each results in, in their order. */
export async function mapInParallel<T, R>(items: Iterable<T>, task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  await inParallel([...items].entries(), async ([at, item]) => {
    results[at] = await task(item);
  });
  return results;
}
