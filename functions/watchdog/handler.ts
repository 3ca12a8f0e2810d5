import { watchdogFunction } from '../wiring/watchdog.ts';

const { round } = watchdogFunction(process.env);

/** Every minute. A round that failed is not repeated: the next one comes soon enough. */
export async function handler(): Promise<void> {
  await round();
}
