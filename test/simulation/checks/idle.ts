import { MAPPING_VERSION, partitionOf, type Layout } from '../../../functions/lease/layout.ts';
import { SETTINGS } from '../world/bot-process.ts';
import { LAYOUT, SCOPE } from '../world/handling.ts';
import type { Item } from '../dynamodb/operand.ts';
import type { DeliveryEntry } from '../world/history.ts';
import { EPOCH_MS } from '../world/machine.ts';
import type { World } from '../world/world.ts';
import type { Check, Violation } from './violation.ts';

/** More than the hour by which clocks may be wrong. */
const LONG_MS = 2 * 3_600_000;

/** A waiting delivery asks again within the longest pause between two askings, plus the time of a few requests. */
const NOTICED_WITHIN_MS = 500;

/**
 * G4: no delivery is answered "busy" for a lease that was idle, or had expired beyond the margin, all the while; nor,
 * when nothing went wrong meanwhile, for a lease that has been idle for as long as it takes to notice.
 */
export const idleLeasesAreTaken: Check = (world) => {
  const found: Violation[] = [];
  for (const delivery of world.history.of('delivery')) {
    const { outcome, endedAtMs, machine, updateId, atMs } = delivery;
    if (outcome?.kind !== 'busy' || endedAtMs === undefined || machine.startsWith('poller')) continue;
    const sinceMs = Math.max(atMs, endedAtMs - NOTICED_WITHIN_MS);
    // Nobody is named by what its own queue or its own clock has used up the time of.
    const askedNobody = outcome.holder === undefined;
    if ((sinceMs > atMs || askedNobody) && isDisturbed(world, delivery)) continue;
    if (askedNobody && isBehindAnother(world, delivery)) continue;
    const lease = leaseOver(world, delivery, sinceMs);
    if (lease === undefined || !wasIdle(world, lease, sinceMs)) continue;
    if (sinceMs > atMs && wasTakenOver(world, delivery, lease)) continue;
    const text = `${machine} is told busy for ${updateId}, of token ${String(lease['fencing_token'])}, which was idle`;
    found.push({ check: 'takeover', atMs: endedAtMs, text });
  }
  return found;
};

function isDisturbed(world: World, { machine, atMs, endedAtMs = Infinity }: DeliveryEntry): boolean {
  const host = world.machines.find(({ name }) => name === machine);
  const meanwhile = (fromMs: number, toMs: number): boolean => fromMs <= endedAtMs && atMs <= toMs;
  return (
    host === undefined ||
    host.pauses.some(({ fromMs, toMs }) => meanwhile(fromMs, toMs)) ||
    host.jumpsAtMs.some((jumpMs) => meanwhile(jumpMs, jumpMs)) ||
    world.plan.storeOutages.some(({ fromMs, toMs }) => meanwhile(fromMs, toMs)) ||
    world.history.entries.some(
      (entry) =>
        entry.type === 'note' &&
        entry.machine === machine &&
        entry.text.startsWith('store request') &&
        meanwhile(entry.atMs, entry.atMs),
    )
  );
}

/** It waited in its own process for one before it, and asked nobody. */
function isBehindAnother({ history }: World, delivery: DeliveryEntry): boolean {
  const { machine, atMs, endedAtMs = Infinity } = delivery;
  return history
    .of('delivery')
    .some(
      (other) =>
        other !== delivery &&
        other.machine === machine &&
        other.atMs <= endedAtMs &&
        (other.endedAtMs ?? Infinity) >= atMs,
    );
}

/** The lease item of the delivery, if nothing changed it since; nor the layout since the delivery began. */
function leaseOver(world: World, delivery: DeliveryEntry, sinceMs: number): Item | undefined {
  let layout: Layout | undefined = { epoch: 1, partitions: world.plan.partitions, mapping: MAPPING_VERSION };
  const leases = new Map<string, { item: Item | undefined; atMs: number }>();
  for (const entry of world.history.entries) {
    if (entry.atMs > (delivery.endedAtMs ?? Infinity)) break;
    if (entry.type !== 'store' || entry.result !== 'applied') continue;
    if (entry.name === LAYOUT) {
      if (entry.atMs >= delivery.atMs) return undefined;
      layout = entry.after as unknown as Layout | undefined;
    } else if (entry.name.startsWith(`LEASE#${SCOPE}|EPOCH#`))
      leases.set(entry.name, { item: entry.after, atMs: entry.atMs });
  }
  // Without one nobody is granted a lease but who remembers it.
  if (layout === undefined) return undefined;
  const { epoch } = layout;
  const name = `LEASE#${SCOPE}|EPOCH#${epoch}#PARTITION#${partitionOf(delivery.orderingKey, layout)}`;
  // A lease item that nobody has written to is as it was made.
  const { item, atMs } = leases.get(name) ?? { item: { fencing_token: 0 }, atMs: 0 };
  return atMs > sinceMs || item?.['retired'] === true ? undefined : item;
}

/**
 * Whether the lease was taken at its expiry while the delivery waited: by its own clock the former holder had time left,
 * so that it read when that holder's update ends, and had asked for the lease itself once.
 */
function wasTakenOver({ history }: World, { atMs }: DeliveryEntry, lease: Item): boolean {
  return history
    .of('event')
    .some(
      ({ event, atMs: takenAtMs }) =>
        event.type === 'expired-takeover' &&
        event.fencingToken === lease['fencing_token'] &&
        takenAtMs >= atMs,
    );
}

function nameIn({ holder }: Item): string {
  return typeof holder === 'string' ? holder : '';
}

function wasIdle(world: World, lease: Item, atMs: number): boolean {
  if (lease['holder'] === undefined) return true;
  const clockErrorMs = world.plan.clocksWithinBound ? SETTINGS.skewMs : 3_600_000;
  const expiredForMs = EPOCH_MS + atMs - Number(lease['lease_expires_at_ms']);
  if (expiredForMs > SETTINGS.skewMs + clockErrorMs) return true;
  if (nameIn(lease).startsWith('poller')) return false;
  // Where the lease does not say which update it was granted for, the ledger does.
  const name =
    lease['update_id'] === undefined ? undefined : `UPDATE#${SCOPE}#${Number(lease['update_id'])}|OUTCOME`;
  if (name === undefined && world.plan.partitions > 1) return false;
  const outcomes = new Map<string, unknown>();
  for (const entry of world.history.entries) {
    if (entry.atMs >= atMs) break;
    if (entry.type !== 'store' || entry.result !== 'applied' || !entry.name.startsWith('UPDATE#')) continue;
    const { after } = entry;
    if (name !== undefined && entry.name !== name) continue;
    // One of long ago may be that of another update, under another partition's token of the same number.
    const isOld = Number(after?.['dedupe_until_ms']) < EPOCH_MS + atMs + LONG_MS;
    if (after?.['fencing_token'] === lease['fencing_token'] && !isOld)
      outcomes.set(entry.name, after?.['status']);
    else outcomes.delete(entry.name);
  }
  return outcomes.size > 0 && ![...outcomes.values()].includes('claimed');
}
