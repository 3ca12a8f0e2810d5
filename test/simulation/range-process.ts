import { simulateRange, type Range } from './range.ts';

/** One process of a long run: it is sent a range, and answers with its result. */
process.on('message', (range: Range) => {
  void simulateRange(range).then((result) => process.send?.(result));
});
