import { MAX_PARTITIONS } from './limits.ts';

/**
 * How the lease is cut into partitions. It is data, not configuration: two versions that cut the chats
 * differently would each be right in their own items.
 */
export interface Layout {
  /** Part of every lease key; rises with each change, a rollback included. */
  epoch: number;
  /** 1..MAX_PARTITIONS */
  partitions: number;
  /** Which `partitionOf` the count belongs to. */
  mapping: number;
}

export interface LeaseKey {
  epoch: number;
  partition: number;
}

/**
 * The version of `partitionOf` and of the ordering keys that it is given (`updateFacts` of ../telegram): a change of what one of
 * them gives raises this, since two versions that disagree would each be granted a lease for the same chat.
 */
export const MAPPING_VERSION = 1;

/** A name for a lease that no two share, for maps. */
export function leaseName(key: LeaseKey): string {
  return `${key.epoch}/${key.partition}`;
}

/** The partition of an ordering key (a chat id, or a user id where there is no chat): FNV-1a, modulo. */
export function partitionOf(orderingKey: number, layout: Layout): number {
  if (layout.partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (const character of String(orderingKey)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0) % layout.partitions;
}

/** There is no layout, or a lease item of it is missing: nothing is granted until an operator activates it. */
export class LayoutNotActivatedError extends Error {
  override readonly name: string = 'LayoutNotActivatedError';
  readonly forOperator = true;
}

/** Leases were granted under a layout that is not there any more: a new one in its place would begin their tokens anew. */
export class LayoutLostError extends LayoutNotActivatedError {
  override readonly name = 'LayoutLostError';
  /** As many as it had, as far as its items tell. */
  readonly partitions: number;

  constructor({ epoch, partitions }: { epoch: number; partitions: number }) {
    super(
      `the lease layout is lost, under whose epoch ${epoch} leases were granted: \`bot doctor\` says how to make it anew`,
    );
    this.partitions = partitions;
  }
}

export function missingItem(key: LeaseKey): string {
  return `the lease item of partition ${key.partition} in epoch ${key.epoch} is missing: \`bot doctor\` says how to repair it`;
}

/** The layout was cut by a mapping that this version does not know. */
export class UnknownMappingError extends Error {
  override readonly name = 'UnknownMappingError';
  readonly forOperator = true;
}

export function assertPartitionCount(partitions: number): void {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw new RangeError(`partitions must be a whole number from 1 to ${MAX_PARTITIONS}, got ${partitions}`);
  }
}
