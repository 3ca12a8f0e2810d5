import { resolve } from 'node:path';
import type { Settings } from '../settings/settings.ts';
import { LOCAL_NAME } from './local-bot.ts';
import type { Neighbour } from './machine/meeting-point.ts';
import { userName } from './machine/process-identity.ts';
import { RECORD_EVERY_MS, RunRecords, type RunNote } from './machine/run-record.ts';

/** The record of this very process, in its data folder. */
export interface OwnRecord {
  note: (change: Partial<RunNote>) => void;
  /** For a process that meets this one at the lock of its bot. */
  describe: () => Neighbour;
  remove: () => void;
}

/** Keeps it as long as the process runs: one that is not written anew is believed for a minute only. */
export function keepOwnRecord({ dataFolder, hostId }: Settings, first: RunNote): OwnRecord {
  const records = new RunRecords(dataFolder, { hostId });
  let current = first;
  const note = (change: Partial<RunNote>): void => records.write((current = { ...current, ...change }));
  note({});
  const beat = setInterval(() => records.write(current), RECORD_EVERY_MS).unref();
  return {
    note,
    describe: () => {
      const { holder, mode, since, table, bot } = current;
      const name = bot === undefined ? LOCAL_NAME : (bot.username ?? bot.id);
      return { holder, mode, since, table, bot: name, user: userName(), dataFolder: resolve(dataFolder) };
    },
    remove: () => {
      clearInterval(beat);
      records.remove(current.pid);
    },
  };
}
