import { LONGEST_TERM_MS } from '../local/polling/expiry-ahead.ts';
import { describeHolder } from '../local/machine/process-identity.ts';
import type { LeaseItem } from '../lease/lease-store.ts';
import { surveyLayout, whyUnservable, type LostLayout, type Unservable } from '../lease/layout-survey.ts';
import type { Layout, LeaseKey } from '../lease/layout.ts';
import { leaseState, type LeaseState } from '../lease/lease-state.ts';
import type { Protocol } from '../wiring/protocol.ts';
import { commandForThisBot, commandLine } from './invocation.ts';
import { time } from './output.ts';
import type { Session } from './session.ts';
import { CommandError } from './usage-error.ts';

/** One partition's lease as an operator sees it. */
export interface LeaseView {
  epoch: number;
  partition: number;
  item: LeaseItem | undefined;
  /** Held and unexpired: what `Lease: EXISTS` says. An idle one is held until it expires. */
  exists: boolean;
  /** The words of `GET /health`; `ended`: held by a process of this machine that has ended. */
  state: LeaseState | 'ended';
  /** Its holder is a process of this machine that has ended. */
  hasEnded: boolean;
  /** Why nobody is granted it, and the command that mends it. */
  stopped?: { because: Unservable; says: string; remedy: string };
}

/** A layout that is lost, and the command that makes it anew. */
export interface LostView {
  /** The last one under which a lease was granted. */
  epoch: number;
  says: string;
  remedy: string;
}

export interface LeaseViews {
  layout: Layout | undefined;
  lost?: LostView;
  /** Every partition's; of a layout that is lost whatever somebody may still hold. */
  leases: LeaseView[];
}

/** Both are empty when the bot has never run over this store. @throws StoreUnavailableError */
export async function readLeases(
  protocol: Protocol,
  isDead: (holder: string) => boolean,
): Promise<LeaseViews> {
  const survey = await surveyLayout(protocol.leases);
  if (survey === undefined) return { layout: undefined, leases: [] };
  const view = async ({ epoch, partition }: LeaseKey, item: LeaseItem | undefined): Promise<LeaseView> => {
    const exists = item?.holder !== undefined && item.expiresAtMs > Date.now();
    const hasEnded = item?.holder !== undefined && isDead(item.holder);
    const state = exists && hasEnded ? 'ended' : await leaseState(item, protocol.ledger, Date.now());
    return { epoch, partition, item, state, exists, hasEnded };
  };
  if (survey.kind === 'lost') {
    const held = survey.leases.filter(({ item }) => item.holder !== undefined);
    const leases = await Promise.all(held.map(({ key, item }) => view(key, item)));
    return { layout: undefined, lost: lostView(survey), leases };
  }
  const { layout, items } = survey;
  const isRepair = items.includes(undefined);
  const leases = await Promise.all(
    items.map(async (item, partition) => ({
      ...(await view({ epoch: layout.epoch, partition }, item)),
      stopped: stoppedView(whyUnservable(item), layout, isRepair),
    })),
  );
  return { layout, leases };
}

/** Makes missing lease items or a lost layout anew; every message about them names this command. */
export function repairCommand(partitions: number): string {
  return commandForThisBot('partitions set', [String(partitions), '--repair']);
}

function lostView({ layout, epoch, partitions }: LostLayout): LostView {
  const instead =
    layout === undefined ? 'it is missing' : `an older one, of epoch ${layout.epoch}, is there instead`;
  const says = `lost: leases were granted in epoch ${epoch}, and ${instead}, so nobody is granted one`;
  return { epoch, says, remedy: repairCommand(partitions) };
}

function stoppedView(
  because: Unservable | undefined,
  { partitions }: Layout,
  isRepair: boolean,
): LeaseView['stopped'] {
  if (because === undefined) return undefined;
  const says =
    because === 'missing'
      ? 'its item is missing, so nobody is granted it'
      : 'it was retired by a change of the partitions that did not end, so nobody is granted it';
  const args = [String(partitions), ...(isRepair ? ['--repair'] : [])];
  return { because, says, remedy: commandForThisBot('partitions set', args) };
}

/** @throws CommandError that names the way to one where there is none, or none any more */
export function layoutOf({ layout, lost }: LeaseViews, otherwise: string): Layout {
  if (layout !== undefined) return layout;
  throw new CommandError(lost === undefined ? otherwise : lostText(lost));
}

export function neverRun(): string {
  return `The bot has never run over this store, so there is no lease yet: ${commandForThisBot('start')}, or deploy the stack`;
}

export function lostText({ says, remedy }: LostView): string {
  return `The layout of the partitions is ${says}. To make it anew: ${remedy}`;
}

/** Nothing about it needs a line of its own where there are many. */
export function isPlainlyFree({ exists, hasEnded, item, stopped }: LeaseView): boolean {
  return !exists && !hasEnded && stopped === undefined && item?.forced === undefined;
}

/** The holder that polls and lives: nobody else may consume until it ends. */
export function standingHolder(leases: readonly LeaseView[]): string | undefined {
  const held = leases.find(
    ({ item, exists, hasEnded }) => exists && !hasEnded && item?.updateId === undefined,
  );
  return held?.item?.holder;
}

/** How to stop such a process: nothing else makes it give the lease back. */
export function stopPollerCommand({ target, store }: Session): string {
  if (target.deployment === undefined) return commandForThisBot('stop');
  return `${commandLine('stop --table', [store.tableName])} on that machine`;
}

/** For `--json`: dates as ISO 8601, the names of `GET /health`. */
export function leaseJson({ partition, item, state, exists, hasEnded, stopped }: LeaseView): object {
  const iso = (ms: number | undefined): string | null => (ms ? new Date(ms).toISOString() : null);
  return {
    partition,
    state,
    exists,
    idle: exists && state === 'idle',
    holder: item?.holder ?? null,
    holder_is_dead: hasEnded,
    stopped: stopped?.because ?? null,
    fencing_token: item?.fencingToken ?? 0,
    since: iso(item?.sinceMs),
    expires_at: item?.holder === undefined ? null : iso(item.expiresAtMs),
    forced_release: item?.forced
      ? {
          at: iso(item.forced.atMs),
          by: item.forced.by,
          reason: item.forced.reason,
          holder: item.forced.holder ?? null,
          fencing_token: item.forced.fencingToken,
        }
      : null,
  };
}

function expiryNote({ expiresAtMs, updateId }: LeaseItem): string {
  const leftMs = expiresAtMs - Date.now();
  if (leftMs > LONGEST_TERM_MS)
    return ` (a clock was ahead when it was written. Over a data folder the next start takes over where nobody renews it for ${LONGEST_TERM_MS / 1_000} s; if its holder is certainly gone: ${commandForThisBot('release', ['--force', '--even-if-live', '--reason', 'a clock was ahead'])})`;
  return updateId === undefined ? ' (renewed as long as it runs)' : '';
}

/** Why somebody may follow before it expires. */
const FOLLOWS: Partial<Record<LeaseView['state'], string>> = {
  ended: ' (that process has ended: the next start takes over at once)',
  idle: ' (idle: the consumer of the next update takes over at once)',
};

/** The lines that tell a person of a lease. */
export function leaseLines({ partition, item, state, exists, stopped }: LeaseView): string[] {
  const lines: string[] = [];
  if (stopped !== undefined)
    lines.push(`Partition ${partition} takes no updates: ${stopped.says}`, `To mend it: ${stopped.remedy}`);
  if (exists && item?.holder !== undefined) {
    const follows = FOLLOWS[state];
    lines.push(`Holder: ${describeHolder(item.holder)}${follows ?? ''}`);
    lines.push(`Expires: ${time(item.expiresAtMs)}${follows === undefined ? expiryNote(item) : ''}`);
  }
  if (item !== undefined) lines.push(`Fencing token: ${item.fencingToken}`);
  if (item?.forced !== undefined) {
    const { atMs, by, reason, holder } = item.forced;
    const from = holder === undefined ? '' : ` from ${describeHolder(holder)}`;
    lines.push(`Released by force at ${new Date(atMs).toISOString()}${from} by ${by}: ${reason}`);
  }
  return lines;
}
