import type { LedgerRecord } from '../lease/ledger-store.ts';
import { describeHolder } from '../local/machine/process-identity.ts';
import { table, time } from './output.ts';

/** The history of one update, a line an attempt. */
export function updateLines(record: LedgerRecord): string[] {
  const { updateId, status, parked, attempts, error, claimedAtMs, settledAtMs, history, progress } = record;
  const { sent, unconfirmed } = progress;
  const rows = history.map(({ startedAtMs, endedAtMs, ended, fencingToken, holder, error: why }) => [
    time(startedAtMs),
    endedAtMs === undefined ? '-' : `${endedAtMs - startedAtMs} ms`,
    ended,
    String(fencingToken),
    describeHolder(holder),
    why ?? '',
  ]);
  if (status === 'claimed') {
    rows.push([
      time(claimedAtMs),
      '-',
      'under way',
      String(record.fencingToken),
      describeHolder(record.holder),
      '',
    ]);
  }
  return [
    `Update ${updateId}: ${status}${parked && status !== 'dead' ? ', replayed after it was parked' : ''}`,
    `Attempts: ${attempts} (deferred ones do not count)`,
    ...(sent + unconfirmed === 0
      ? []
      : [
          `Messages that arrived: ${sent}; the next one was sent without a confirmation: ${unconfirmed} times`,
        ]),
    ...(error === undefined ? [] : [`Last error: ${error}`]),
    `Settled: ${time(settledAtMs)}`,
    ...(rows.length === 0
      ? [
          `Handled once, at ${time(claimedAtMs)}, by ${describeHolder(record.holder)} under token ${record.fencingToken}`,
        ]
      : table([['Began', 'Took', 'Ended', 'Token', 'Consumer', 'Error'], ...rows])),
  ];
}

export const UPDATE_COLUMNS = ['Update', 'State', 'Began', 'Took', 'Attempts', 'Consumer', 'Error'];

const ERROR_CHARACTERS = 80;

/** One update in a list: its last attempt. */
export function updateRow(record: LedgerRecord): string[] {
  const { updateId, status, attempts, holder, claimedAtMs, settledAtMs, error } = record;
  const isUnderWay = status === 'claimed';
  return [
    String(updateId),
    isUnderWay ? 'under way' : stateOf(record),
    time(claimedAtMs),
    isUnderWay || settledAtMs === undefined ? '-' : `${settledAtMs - claimedAtMs} ms`,
    String(attempts),
    describeHolder(holder),
    shortError(error),
  ];
}

/** The state of an update that nobody is at work for. */
export function stateOf({ status, parked }: LedgerRecord): string {
  return parked && status !== 'dead' ? `replayed, ${status}` : status;
}

/** In one line of a list. */
export function shortError(error = ''): string {
  return error.replace(/\s+/g, ' ').slice(0, ERROR_CHARACTERS);
}

/** For `--json`. */
export function updateJson(record: LedgerRecord): object {
  const iso = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(ms).toISOString();
  return {
    update_id: record.updateId,
    status: record.status,
    parked: record.parked,
    fencing_token: record.fencingToken,
    holder: record.holder,
    attempts: record.attempts,
    failures: record.failures,
    messages_sent: record.progress.sent,
    messages_unconfirmed: record.progress.unconfirmed,
    error: record.error ?? null,
    claimed_at: iso(record.claimedAtMs),
    settled_at: iso(record.settledAtMs),
    history: record.history.map((note) => ({
      started_at: iso(note.startedAtMs),
      ended_at: iso(note.endedAtMs),
      ended: note.ended,
      fencing_token: note.fencingToken,
      holder: note.holder,
      error: note.error ?? null,
    })),
  };
}
