import type { Countdown } from './clock.ts';
import type { Grant, GrantReply, GrantSource } from './grant.ts';
import { LayoutNotActivatedError, leaseName, missingItem, partitionOf, type LeaseKey } from './layout.ts';
import type { LayoutReader } from './layout-reader.ts';
import { LAYOUT_CHANGE_RETRY_MS } from './limits.ts';
import { PartitionLease, type LeaseContext } from './partition-lease.ts';

/**
 * The lease taken for each update anew, as short-lived invocations must: it ends by the update's settling or by
 * expiry, and nothing has to run in between.
 */
export class PerUpdateLeases implements GrantSource {
  readonly holder: string;
  readonly #context: LeaseContext;
  readonly #layout: LayoutReader;
  readonly #waitBudgetMs: number;
  readonly #leases = new Map<string, PartitionLease>();
  readonly #granted = new WeakMap<Grant, PartitionLease>();

  /** @param options.waitBudgetMs how long one update may wait for a busy lease before it is answered 503 */
  constructor(options: LeaseContext & { layout: LayoutReader; waitBudgetMs: number }) {
    this.#context = options;
    this.holder = options.holder;
    this.#layout = options.layout;
    this.#waitBudgetMs = options.waitBudgetMs;
  }

  async locate(orderingKey: number): Promise<LeaseKey> {
    const layout = await this.#layout.current();
    return { epoch: layout.epoch, partition: partitionOf(orderingKey, layout) };
  }

  async acquire(request: { updateId: number; key: LeaseKey; countdown: Countdown }): Promise<GrantReply> {
    const { updateId, key, countdown } = request;
    const lease = this.#leaseOf(key);
    const reply = await lease.acquire({
      updateId,
      termMs: () => countdown.remainingMs(),
      waitBudgetMs: Math.min(this.#waitBudgetMs, countdown.remainingMs()),
    });
    if (reply.kind === 'granted') {
      const grant: Grant = {
        kind: 'granted',
        key,
        fencingToken: reply.fencingToken,
        lease: () => reply.lease,
      };
      this.#granted.set(grant, lease);
      return grant;
    }
    if (reply.kind === 'busy') return reply;

    const fresh = await this.#layout.reread();
    if (fresh.epoch !== key.epoch) {
      this.#leases.delete(leaseName(key));
      return { kind: 'moved' };
    }
    const { kind: because } = reply;
    this.#context.emit({ type: 'partition-stopped', partition: key.partition, updateId, because });
    if (because === 'missing') throw new LayoutNotActivatedError(missingItem(key));
    return { kind: 'busy', retryAfterMs: LAYOUT_CHANGE_RETRY_MS, isRetired: true };
  }

  ended(grant: Grant): void {
    this.#granted.get(grant)?.ended(grant.fencingToken);
  }

  async giveBack(grant: Grant): Promise<void> {
    await this.#granted.get(grant)?.giveBack(grant.fencingToken);
  }

  #leaseOf(key: LeaseKey): PartitionLease {
    const name = leaseName(key);
    let lease = this.#leases.get(name);
    if (lease === undefined) {
      lease = new PartitionLease(key, this.#context);
      this.#leases.set(name, lease);
    }
    return lease;
  }
}
