import { MAX_UNCONFIRMED } from '../../../functions/lease/limits.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { SCOPE } from '../world/handling.ts';
import type { CallEntry, RunEntry, StoreEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { Check, Violation } from './violation.ts';

const PREFIX = `UPDATE#${SCOPE}#`;

/** More than the hour by which clocks may be wrong. */
const TOLERANCE_MS = 2 * 3_600_000;

/** Refusals of the simulated Telegram that a repetition would not change: the one harmless, the other the update's fault. */
const [HARMLESS, ITS_FAULT] = [403, 400];

/** G3: what tells duplicates does so for as long as Telegram may send them, and TTL leaves it alone until then. */
export const outcomesAreKept: Check = ({ history }) => {
  const found: Violation[] = [];
  for (const { name, purpose, result, after, atMs } of history.of('store')) {
    if (result !== 'applied' || !['claim', 'settle', 'replay'].includes(purpose)) continue;
    const untilMs = Number(after?.['dedupe_until_ms']);
    const fail = (text: string): void =>
      void found.push({ check: 'forgotten', atMs, text: `${name} ${text}` });
    if (untilMs < EPOCH_MS + atMs + SETTINGS.dedupeMs - TOLERANCE_MS)
      fail('tells duplicates for too short a time');
    if (Number(after?.['expires_at']) * 1_000 < untilMs) fail('may be swept while it still tells duplicates');
  }
  return found;
};

/**
 * G2, G5: an outcome is what its handler made of it. Done is what was handled to its end, or refused in a way that does
 * no harm; failed is what threw, or was refused for what it is.
 */
export const outcomesAreTheHandlers: Check = ({ history }) => {
  const runs = new Map<string, RunEntry>();
  const lastCalls = new Map<number, CallEntry>();
  const found: Violation[] = [];
  for (const entry of history.entries) {
    if (entry.type === 'run') runs.set(nameOf(entry), entry);
    if (entry.type === 'call') lastCalls.set(entry.run, entry);
    if (entry.type !== 'store' || entry.purpose !== 'settle' || entry.result !== 'applied') continue;
    const { after, atMs, machine, name } = entry;
    const status = after?.['status'];
    const token = Number(after?.['fencing_token']);
    const run = runs.get(nameOf({ machine, token, updateId: updateIdOf(entry) }));
    // Parked for attempts that vanished, which is for another check.
    if (status === 'deferred' || (status === 'dead' && run === undefined)) continue;
    const answer = run && lastCalls.get(run.run)?.answer;
    const hasEnded = run?.endedAtMs !== undefined && run.endedAtMs <= atMs;
    // Parked, since nobody confirmed what it sent: how often is for another check.
    const isSentOftenEnough =
      status === 'dead' && Number(after?.['messages_unconfirmed'] ?? 0) >= MAX_UNCONFIRMED;
    if (isSentOftenEnough && answer !== 'ok' && run?.ended !== 'returned') continue;
    const fits =
      status === 'done'
        ? run?.ended === 'returned' || answer === HARMLESS
        : run?.ended === 'threw' || answer === ITS_FAULT;
    if (hasEnded && fits) continue;
    const text = `${machine} calls ${name} ${String(status)}, whose handler ${run?.ended ?? 'did not end'}, last answered ${String(answer)}`;
    found.push({ check: 'outcome', atMs, text });
  }
  return found;
};

const nameOf = ({ machine, token, updateId }: Pick<RunEntry, 'machine' | 'token' | 'updateId'>): string =>
  `${machine} ${token} ${updateId}`;

const updateIdOf = ({ name }: StoreEntry): number => Number(name.slice(PREFIX.length).split('|')[0]);
