import type { BotApiServer } from '../../functions/local/bot-api/types.ts';

const EVERY_MS = 40;
/** A slow machine is asked slower: more wait at once than are handled at once, and fewer than Telegram gives at once. */
const MOST_WAITING = 60;
const STUCK_AFTER_MS = 60_000;

/** A user who asks without a pause, each time something else, and counts what each question was answered. */
export class Questions {
  readonly #server: BotApiServer;
  readonly #answers = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(server: BotApiServer) {
    this.#server = server;
    server.subscribe((event) => {
      if (event.type !== 'message-sent' || event.message.from?.is_bot !== true) return;
      const [question] = /ask-\d+/.exec(event.message.text ?? '') ?? [];
      if (question !== undefined) this.#answers.set(question, (this.#answers.get(question) ?? 0) + 1);
    });
  }

  begin(): void {
    this.#timer ??= setInterval(() => {
      if (this.count().never < MOST_WAITING) this.ask(1);
    }, EVERY_MS);
  }

  ask(times: number): void {
    for (let time = 0; time < times; time += 1) {
      const question = `ask-${this.#answers.size + 1}`;
      this.#answers.set(question, 0);
      // Many users, so that no answer waits for another's.
      const from = { id: 100 + (this.#answers.size % 20), first_name: 'U' };
      this.#server.sendMessage({ from, text: `/kb_get ${question}` });
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Asks no more, and waits as long as something is answered, until everything is. */
  async settle(): Promise<void> {
    this.end();
    let { never: last } = this.count();
    for (let stuckMs = 0; last > 0 && stuckMs < STUCK_AFTER_MS; stuckMs += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { never } = this.count();
      if (never < last) stuckMs = 0;
      last = never;
    }
    // A second answer to a question comes soon after the first.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }

  count(): { asked: number; twice: number; never: number } {
    const counts = [...this.#answers.values()];
    return {
      asked: counts.length,
      twice: counts.filter((count) => count > 1).length,
      never: counts.filter((count) => count === 0).length,
    };
  }
}
