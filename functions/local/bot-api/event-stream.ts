import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventHub } from './event-hub.ts';
import type { BotApiEvent } from './types.ts';

/** Events that a reader may have missed and still gets: seconds of the busiest bot. */
const MAX_KEPT = 5_000;

/** Proxies and browsers give a silent connection up. */
const HEARTBEAT_MS = 15_000;

/** A reader that takes nothing for so long in a row is cut off, instead of being written for into memory. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

interface Kept {
  readonly seq: number;
  readonly data: string;
}

/**
 * `GET /local/events`: everything that happens, as server-sent events with one `BotApiEvent` as JSON each. An event's id
 * is `<run>-<number>`. A reader that names its last one (`Last-Event-ID`) goes on after it; where that is not possible
 * any more, the event `reset` tells it to read the state anew.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #run = randomUUID().slice(0, 8);
  readonly #readers = new Set<ServerResponse>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #kept: Kept[] = [];
  #seq = 0;

  constructor(hub: EventHub) {
    this.#unsubscribe = hub.subscribe((event) => this.#tell(event));
    this.#heartbeat = setInterval(() => {
      for (const reader of this.#readers) reader.write(': still here\n\n');
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const missed = this.#after(request.headers['last-event-id']);
    if (missed === undefined) response.write(`event: reset\nid: ${this.#run}-${this.#seq}\ndata: {}\n\n`);
    else response.write(missed.map((kept) => this.#frame(kept)).join(''));
    this.#readers.add(response);
    response.on('close', () => this.#readers.delete(response));
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const reader of this.#readers) reader.end();
  }

  #tell(event: BotApiEvent): void {
    this.#seq += 1;
    const kept = { seq: this.#seq, data: JSON.stringify(event) };
    this.#kept.push(kept);
    if (this.#kept.length > MAX_KEPT * 1.2) this.#kept = this.#kept.slice(-MAX_KEPT);
    const frame = this.#frame(kept);
    for (const reader of this.#readers) {
      reader.write(frame);
      if (reader.writableLength > MAX_UNSENT_BYTES) reader.destroy();
    }
  }

  #frame({ seq, data }: Kept): string {
    return `id: ${this.#run}-${seq}\ndata: ${data}\n\n`;
  }

  /** The events after that id; undefined for a new reader, another run's id, and where some of them are gone. */
  #after(lastId: string | string[] | undefined): Kept[] | undefined {
    const [, run, number] = /^([0-9a-f]+)-(\d+)$/.exec(String(lastId)) ?? [];
    const last = Number(number);
    if (run !== this.#run || last > this.#seq) return undefined;
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    return last + 1 < oldest ? undefined : this.#kept.filter(({ seq }) => seq > last);
  }
}
