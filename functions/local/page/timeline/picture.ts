import type { ConsumerEvent } from '../../../lease/events.ts';
import { eventText, standsOut, type StandsOut } from './event-text.ts';
import type { CallEntry, LeaseState, Mishap, RequestEntry, TraceEntry } from './trace.ts';

/** An answer that takes longer is late: quick ones come within some hundredths of that. */
const LATE_MS = 1_000;

/** A trace as it is drawn: a row a process, and above them the lease of each partition as a bar that changes hands. */
export interface Picture {
  readonly rows: readonly Row[];
  readonly leases: readonly LeaseBar[];
  readonly outages: readonly Outage[];
  readonly violations: readonly Mark[];
  /** Every instant of note, in order: where one steps to. */
  readonly moments: readonly Moment[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Row {
  readonly process: string;
  readonly spans: Span[];
  readonly marks: Mark[];
  /** When it cannot act: frozen, or not there. */
  readonly absences: Absence[];
}

export type SpanKind = 'acquire' | 'claim' | 'handle' | 'call' | 'settle' | 'request' | 'delivery';

export interface Span {
  readonly kind: SpanKind;
  readonly fromMs: number;
  /** Absent while it has not ended. */
  readonly toMs?: number;
  readonly updateId?: number;
  readonly isBad: boolean;
  readonly text: string;
}

/** Something that stands out. */
export interface Mark {
  readonly atMs: number;
  readonly kind: StandsOut | Mishap | 'violation' | 'note';
  readonly text: string;
}

export interface Absence {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly why: 'frozen' | 'dead';
}

export interface LeaseBar {
  readonly partition: string;
  readonly spans: LeaseSpan[];
}

export interface LeaseSpan extends LeaseState {
  readonly fromMs: number;
  /** When the next one has it, or it is prolonged; absent for the last. */
  readonly toMs?: number;
}

interface Outage {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly of: 'store' | 'telegram';
  readonly text: string;
}

export interface Moment {
  readonly atMs: number;
  readonly process: string;
  readonly text: string;
}

/** @param nowMs the end of the picture; by default that of the last entry */
export function pictureOf(entries: readonly TraceEntry[], nowMs?: number): Picture {
  const painter = new Painter();
  const sorted = [...entries].sort((a, b) => a.atMs - b.atMs);
  for (const entry of sorted) painter.take(entry);
  const ends = entries.map((entry) => ('endedAtMs' in entry && entry.endedAtMs) || entry.atMs);
  return painter.picture({
    fromMs: sorted[0]?.atMs ?? nowMs ?? 0,
    toMs: nowMs ?? ends.reduce((last, end) => Math.max(last, end), 0),
  });
}

class Painter {
  readonly #rows = new Map<string, Row>();
  readonly #leases = new Map<string, LeaseSpan[]>();
  readonly #outages: Outage[] = [];
  readonly #violations: Mark[] = [];
  readonly #moments: Moment[] = [];
  /** By process and update: when its claim was confirmed. */
  readonly #handling = new Map<string, { process: string; updateId: number; fromMs: number }>();

  take(entry: TraceEntry): void {
    switch (entry.type) {
      case 'request':
        return this.#request(entry);
      case 'call':
        return this.#call(entry);
      case 'delivery':
        this.#row(entry.process).spans.push({
          kind: 'delivery',
          fromMs: entry.atMs,
          ...(entry.endedAtMs !== undefined && { toMs: entry.endedAtMs }),
          updateId: entry.updateId,
          isBad: false,
          text: `update ${entry.updateId} is delivered: ${entry.outcome ?? 'no answer'}`,
        });
        return this.#say(entry.atMs, entry.process, `is handed update ${entry.updateId}`);
      case 'event':
        return this.#event(entry.atMs, entry.process, entry.event);
      case 'process':
        return this.#process(entry.atMs, entry.process, entry.what);
      case 'outage':
        this.#outages.push({
          fromMs: entry.atMs,
          ...(entry.endedAtMs !== undefined && { toMs: entry.endedAtMs }),
          of: entry.of,
          text: entry.text,
        });
        return this.#say(entry.atMs, entry.of, entry.text);
      case 'note':
        this.#mark(entry.process, { atMs: entry.atMs, kind: entry.mishap ?? 'note', text: entry.text });
        return this.#say(entry.atMs, entry.process, entry.text);
      case 'violation':
        this.#violations.push({
          atMs: entry.atMs,
          kind: 'violation',
          text: `${entry.check}: ${entry.text}`,
        });
        return this.#say(entry.atMs, 'check', `${entry.check}: ${entry.text}`);
    }
  }

  picture(times: { fromMs: number; toMs: number }): Picture {
    for (const { process, updateId, fromMs } of this.#handling.values())
      this.#handled(process, updateId, fromMs);
    const leases = [...this.#leases]
      .map(([partition, spans]) => ({ partition, spans }))
      .sort((a, b) => a.partition.localeCompare(b.partition, 'en', { numeric: true }));
    return {
      rows: [...this.#rows.values()],
      leases,
      outages: this.#outages,
      violations: this.#violations,
      moments: this.#moments.sort((a, b) => a.atMs - b.atMs),
      ...times,
    };
  }

  #row(process: string): Row {
    let row = this.#rows.get(process);
    if (row === undefined) this.#rows.set(process, (row = { process, spans: [], marks: [], absences: [] }));
    return row;
  }

  #mark(process: string, mark: Mark): void {
    this.#row(process).marks.push(mark);
  }

  #say(atMs: number, process: string, text: string): void {
    this.#moments.push({ atMs, process, text });
  }

  #request(entry: RequestEntry): void {
    const { purpose, result, process, updateId, atMs, fate } = entry;
    const endedAtMs = entry.endedAtMs ?? atMs;
    const about = updateId === undefined ? '' : ` for update ${updateId}`;
    const text = `${purpose}${about}: ${fate ?? result}`;
    if (purpose !== 'read' && purpose !== 'layout') {
      const kind = purpose === 'acquire' || purpose === 'claim' || purpose === 'settle' ? purpose : 'request';
      const isBad = result === 'refused' || result === 'lost' || fate !== undefined;
      this.#row(process).spans.push({
        kind,
        fromMs: atMs,
        toMs: endedAtMs,
        ...(updateId !== undefined && { updateId }),
        isBad,
        text,
      });
      if (purpose !== 'renew') this.#say(atMs, process, text);
    }
    const kind = entry.mishap ?? (result === 'lost' ? 'lost' : lateness(atMs, endedAtMs));
    if (kind !== undefined) this.#mark(process, { atMs, kind, text });
    if (updateId !== undefined && result === 'applied')
      this.#follow(purpose, { process, updateId, atMs, endedAtMs });
    if (entry.lease !== undefined && result === 'applied') this.#lease(entry.lease, endedAtMs);
  }

  /** The handling of an update lasts from its claim to its settling. */
  #follow(
    purpose: RequestEntry['purpose'],
    at: { process: string; updateId: number; atMs: number; endedAtMs: number },
  ): void {
    const { process, updateId, atMs, endedAtMs } = at;
    const key = `${process} ${updateId}`;
    if (purpose === 'claim') this.#handling.set(key, { process, updateId, fromMs: endedAtMs });
    const handled = purpose === 'settle' ? this.#handling.get(key) : undefined;
    if (handled === undefined) return;
    this.#handling.delete(key);
    this.#handled(process, updateId, handled.fromMs, atMs);
  }

  #handled(process: string, updateId: number, fromMs: number, toMs?: number): void {
    this.#row(process).spans.push({
      kind: 'handle',
      fromMs,
      ...(toMs !== undefined && { toMs }),
      updateId,
      isBad: false,
      text: `handles update ${updateId}`,
    });
  }

  #lease(lease: LeaseState, atMs: number): void {
    const spans = this.#leases.get(lease.partition) ?? [];
    const last = spans.at(-1);
    const isProlonged = last?.holder === lease.holder && last?.fencingToken === lease.fencingToken;
    if (last !== undefined && isProlonged) spans[spans.length - 1] = { ...lease, fromMs: last.fromMs };
    else {
      if (last !== undefined) spans[spans.length - 1] = { ...last, toMs: atMs };
      spans.push({ ...lease, fromMs: atMs });
    }
    this.#leases.set(lease.partition, spans);
  }

  #call({ process, method, atMs, endedAtMs, updateId, answer }: CallEntry): void {
    const outcome = { ok: 'answered', refused: 'refused', none: 'no answer' }[answer];
    const text = `Telegram ${method}: ${outcome}`;
    this.#row(process).spans.push({
      kind: 'call',
      fromMs: atMs,
      ...(endedAtMs !== undefined && { toMs: endedAtMs }),
      ...(updateId !== undefined && { updateId }),
      isBad: answer !== 'ok',
      text,
    });
    const kind = answer === 'none' ? 'lost' : lateness(atMs, endedAtMs);
    if (kind !== undefined) this.#mark(process, { atMs, kind, text });
    this.#say(atMs, process, text);
  }

  #process(atMs: number, process: string, what: 'started' | 'frozen' | 'thawed' | 'killed' | 'ended'): void {
    const { absences } = this.#row(process);
    const last = absences.at(-1);
    if (last !== undefined && last.toMs === undefined)
      absences[absences.length - 1] = { ...last, toMs: atMs };
    if (what === 'frozen') absences.push({ fromMs: atMs, why: 'frozen' });
    if (what === 'killed' || what === 'ended') {
      absences.push({ fromMs: atMs, why: 'dead' });
      for (const [key, handled] of this.#handling) {
        if (handled.process !== process) continue;
        this.#handling.delete(key);
        this.#handled(process, handled.updateId, handled.fromMs, atMs);
      }
    }
    this.#say(atMs, process, `is ${what}`);
  }

  #event(atMs: number, process: string, event: ConsumerEvent): void {
    const kind = standsOut(event);
    const text = eventText(event);
    if (kind !== undefined) this.#mark(process, { atMs, kind, text });
    else this.#row(process);
    if (event.type !== 'renewed') this.#say(atMs, process, text);
  }
}

const lateness = (atMs: number, endedAtMs = atMs): 'late' | undefined =>
  endedAtMs - atMs >= LATE_MS ? 'late' : undefined;
