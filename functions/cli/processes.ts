import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity, type ProcessIdentity } from '../local/process-identity.ts';
import { RunRecords, type RunRecord } from '../local/run-record.ts';
import type { Target } from './target.ts';

/** The bot processes of this machine that the data folder knows and that live. */
export function livingProcesses({ settings }: Target, identity: ProcessIdentity): RunRecord[] {
  return new RunRecords(settings.dataFolder).living(identity);
}

/** A process of this machine by its pid, told apart from a later one of the same pid. */
export function watchProcess(pid: number, hostId: string | undefined): { hasEnded: () => boolean } {
  const { holder, isDead } = processIdentity({ pid, hostId });
  return { hasEnded: () => isDead(holder) };
}

/** @returns whether the process has ended by then */
export async function untilEnded(process: { hasEnded: () => boolean }, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (!process.hasEnded()) {
    if (Date.now() >= until) return false;
    await sleep(50);
  }
  return true;
}

/** Where a bot of this machine answers: the port that was asked for, or the one that it wrote down. */
export function localHealthUrl(target: Target, records: readonly RunRecord[]): string {
  const { env, settings } = target;
  const known = records.find(({ state, port }) => state === 'running' && port !== undefined)?.port;
  const port = env['PORT'] === undefined || settings.port === 0 ? (known ?? settings.port) : settings.port;
  return `http://localhost:${port}/health`;
}
