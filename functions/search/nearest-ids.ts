import type { StringTable } from './bytes.ts';
import { editDistance } from './spelling.ts';

const MAX_ID_LENGTH = 256;
const SHORTLIST = 40;
const MIN_LIKENESS = 0.25;
/** Three-letter runs are hashed into this many slots. */
const SLOTS = 1 << 15;

/**
 * Ids most like a mistyped one. All ids are compared by the runs of three letters they share, which one pass over the bytes
 * finds; the best of them by slips of the finger. Case and separators are ignored, since those are what people get wrong.
 */
export function nearestIds(ids: StringTable, typed: string, limit: number): string[] {
  const wanted = comparable(typed.slice(0, MAX_ID_LENGTH));
  if (wanted === '' || limit <= 0) return [];
  const wantedBytes = Buffer.from(wanted);
  const slots = new Uint8Array(SLOTS);
  let wantedRuns = 0;
  forEachRun(wantedBytes, 0, wantedBytes.length, (slot) => {
    wantedRuns++;
    slots[slot] = 1;
  });

  const shortlist: { id: number; likeness: number }[] = [];
  let worst = MIN_LIKENESS;
  for (let id = 0; id < ids.size; id++) {
    let runs = 0;
    let shared = 0;
    forEachRun(ids.bytes, ids.offsets[id]!, ids.offsets[id + 1]!, (slot) => {
      runs++;
      shared += slots[slot]!;
    });
    const likeness = (2 * Math.min(shared, wantedRuns)) / (wantedRuns + runs);
    if (likeness <= worst) continue;
    shortlist.push({ id, likeness });
    if (shortlist.length >= SHORTLIST * 2) {
      shortlist.sort((a, b) => b.likeness - a.likeness).splice(SHORTLIST);
      worst = shortlist.at(-1)?.likeness ?? worst;
    }
  }
  return shortlist
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, SHORTLIST)
    .map(({ id, likeness }) => ({ id: ids.at(id), likeness }))
    .map(({ id, likeness }) => ({ id, likeness: likeness + spelledAlike(wanted, comparable(id)) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, limit)
    .map(({ id }) => id);
}

/** 1 for the same, 0 for nothing in common. */
function spelledAlike(a: string, b: string): number {
  return 1 - editDistance(a, b, MAX_ID_LENGTH) / Math.max(a.length, b.length);
}

function comparable(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
}

/** Visits the runs of three of a word that begins and ends with a separator. */
function forEachRun(bytes: Uint8Array, start: number, end: number, visit: (slot: number) => void): void {
  let first = 0;
  let second = 1;
  for (let i = start; i <= end; i++) {
    const third = i < end ? foldByte(bytes[i]!) : 1;
    visit(((first * 961 + second * 31 + third) * 2654435761) >>> 17);
    first = second;
    second = third;
  }
}

/** Letters and digits are themselves, whatever their case; every separator is the same. */
function foldByte(byte: number): number {
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x55; // a-z -> 12..37
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x35; // A-Z -> 12..37
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x2e; // 0-9 -> 2..11
  return byte >= 0x80 ? byte : 1;
}
