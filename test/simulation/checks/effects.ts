import { SCOPE } from '../world/handling.ts';
import { EPOCH_MS } from '../world/machine.ts';
import { forcedReleases } from './forced-releases.ts';
import type { Check, Violation } from './violation.ts';

/**
 * G1: the process that lets a Telegram call out is the one that the store names at that instant, and the update is claimed
 * under the same token. Promised within the clock bound, and where no operator released a live holder.
 */
export const onlyTheHolderActs: Check = (world) => {
  const { history, plan } = world;
  if (!plan.clocksWithinBound) return [];
  const found: Violation[] = [];
  const isForced = forcedReleases(world);
  for (const entry of history.entries) {
    if (entry.type === 'run' && !isForced(entry, entry.atMs)) {
      const { ledger } = entry;
      if (ledger?.['status'] === 'claimed' && ledger['fencing_token'] === entry.token) continue;
      const text = `${entry.machine} begins to handle ${entry.updateId} under token ${entry.token}: ${state(ledger)}`;
      found.push({ check: 'handled-settled', atMs: entry.atMs, text });
    }
    if (entry.type !== 'call' || isForced(entry, entry.atMs)) continue;
    const { machine, token, updateId, ledger, leaseName, atMs } = entry;
    if (leaseName === undefined) {
      const text = `${machine} calls Telegram for ${updateId} under token ${token}, which is not the lease's any more`;
      found.push({ check: 'one-consumer', atMs, text });
    } else if (ledger?.['status'] !== 'claimed' || ledger['fencing_token'] !== token) {
      const text = `${machine} calls Telegram for ${updateId} under token ${token}: ${state(ledger)}`;
      found.push({ check: 'one-consumer', atMs, text });
    }
  }
  return found;
};

/**
 * A call that is still out holds the lease until it runs out: nobody calls under a later token of the same lease
 * before, unless the sender has died or an operator has released it.
 */
export const nobodyActsWhileACallIsOut: Check = ({ history, machines, plan }) => {
  if (!plan.clocksWithinBound) return [];
  const found: Violation[] = [];
  const expiry = new Map<string, number>();
  for (const { before, after, name, result } of history.of('store')) {
    if (result !== 'applied' || !name.startsWith(`LEASE#${SCOPE}|EPOCH`)) continue;
    // The item that a release or a retirement leaves says nothing of how long the call may be out.
    if (after?.['holder'] !== undefined) {
      const key = `${name} ${String(after['fencing_token'])}`;
      const expiresMs = Number(after['lease_expires_at_ms']) - EPOCH_MS;
      expiry.set(key, Math.max(expiresMs, expiry.get(key) ?? 0));
    } else if (before?.['fencing_token'] !== after?.['fencing_token']) {
      expiry.delete(`${name} ${String(before?.['fencing_token'])}`);
    }
  }
  const calls = history.of('call').filter(({ leaseName }) => leaseName !== undefined);
  for (const [index, later] of calls.entries()) {
    for (const earlier of calls.slice(Math.max(0, index - 20), index)) {
      const isOut = earlier.endedAtMs === undefined || earlier.endedAtMs > later.atMs;
      if (earlier.leaseName !== later.leaseName || earlier.token >= later.token || !isOut) continue;
      const died = machines.find(({ name }) => name === earlier.machine)?.diedAtMs;
      const endsMs = expiry.get(`${String(earlier.leaseName)} ${earlier.token}`) ?? 0;
      if ((died !== undefined && died <= later.atMs) || endsMs <= later.atMs) continue;
      const text = `${later.machine} calls for ${later.updateId} under token ${later.token} while a call of ${earlier.machine} for ${earlier.updateId} under ${earlier.token} is out`;
      found.push({ check: 'call-in-flight', atMs: later.atMs, text });
    }
  }
  return found;
};

function state(ledger: Record<string, unknown> | undefined): string {
  if (ledger === undefined) return 'it was never claimed';
  return `it is ${String(ledger['status'])} under ${String(ledger['fencing_token'])}`;
}
