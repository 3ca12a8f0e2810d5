import { randomUUID } from 'node:crypto';
import type { ServerResponse, IncomingMessage } from 'node:http';
import type { TraceEntry } from './timeline/trace.ts';

const MAX_KEPT = 2_000;
const HEARTBEAT_MS = 15_000;
/** One event carries a whole burst: a page draws no faster. */
const TOLD_EVERY_MS = 50;

/**
 * The newest entries of a running system's trace, and who watches them: server-sent events that hold a list of entries
 * each. A reader that comes back goes on after its last one; a new one gets all that is kept, after the event `reset`.
 */
export class Activity {
  readonly #run = randomUUID().slice(0, 8);
  readonly #readers = new Map<ServerResponse, number>();
  readonly #heartbeat: NodeJS.Timeout;
  #kept: { seq: number; entry: TraceEntry }[] = [];
  #seq = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor() {
    this.#heartbeat = setInterval(() => {
      for (const reader of this.#readers.keys()) reader.write(': still here\n\n');
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  readonly record = (entry: TraceEntry): void => {
    this.#seq += 1;
    this.#kept.push({ seq: this.#seq, entry });
    if (this.#kept.length > MAX_KEPT * 1.2) this.#kept = this.#kept.slice(-MAX_KEPT);
    if (this.#readers.size > 0) this.#telling ??= setTimeout(() => this.#tell(), TOLD_EVERY_MS);
  };

  get entries(): readonly TraceEntry[] {
    return this.#kept.map(({ entry }) => entry);
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const [, run, number] = /^([0-9a-f]+)-(\d+)$/.exec(String(request.headers['last-event-id'])) ?? [];
    this.#readers.set(response, run === this.#run ? Number(number) : -1);
    response.on('close', () => this.#readers.delete(response));
    response.on('drain', () => this.#tell());
    this.#tell();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#telling);
    for (const reader of this.#readers.keys()) reader.end();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const oldest = this.#kept[0]?.seq ?? 0;
    for (const [reader, seen] of this.#readers) {
      // A reader that does not keep up gets the news later, and no more than the entries that are kept then.
      if (reader.writableNeedDrain) continue;
      if (seen < 0 || seen + 1 < oldest) reader.write('event: reset\ndata: {}\n\n');
      const news = this.#kept.filter(({ seq }) => seq > seen);
      this.#readers.set(reader, this.#seq);
      if (news.length === 0) continue;
      reader.write(
        `id: ${this.#run}-${this.#seq}\ndata: ${JSON.stringify(news.map(({ entry }) => entry))}\n\n`,
      );
    }
  }
}
