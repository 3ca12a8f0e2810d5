import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../local/machine/process-identity.ts';
import { RunRecords, type RunRecord } from '../local/machine/run-record.ts';
import type { Settings } from '../settings/settings.ts';
import type { Target } from './target.ts';

/** The bot processes that the data folder knows, wherever they run, but for those that are known to have ended. */
export function knownProcesses({ settings }: Target, identity: ProcessIdentity): RunRecord[] {
  return recordsOf(settings).current(identity);
}

/** Those of them that certainly run here: these alone may be sent a signal. */
export function processesHere(
  settings: Pick<Settings, 'dataFolder' | 'hostId'>,
  identity: ProcessIdentity,
): RunRecord[] {
  return recordsOf(settings).here(identity);
}

/** The records of one bot; several bots may share a data folder, each on its table. */
export function ofBot(records: readonly RunRecord[], botId: string | undefined): RunRecord[] {
  return records.filter(({ bot }) => botId === undefined || bot === undefined || bot.id === botId);
}

function recordsOf({ dataFolder, hostId }: Pick<Settings, 'dataFolder' | 'hostId'>): RunRecords {
  return new RunRecords(dataFolder, { hostId });
}

/** @returns whether the process that was recorded has ended by then */
export async function untilEnded(
  { holder }: RunRecord,
  identity: ProcessIdentity,
  withinMs: number,
): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (!identity.isDead(holder)) {
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
