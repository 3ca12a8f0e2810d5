import type { BotApiServer } from '../../bot-api/types.ts';

const PEOPLE = [
  { id: 101, first_name: 'Ada' },
  { id: 102, first_name: 'Grace' },
  { id: 103, first_name: 'Jürgen', language_code: 'de' },
  { id: 104, first_name: 'Mei' },
] as const;

/** Nobody can be answered in the chat of this one: Telegram refuses each try, for good. */
export const REFUSED_USER = { id: 900, first_name: 'Nobody' } as const;

const QUESTIONS = [
  '/help',
  'motor does not start',
  'profinet device missing',
  '/kb_stats',
  'what is a seal-in contact?',
];

/** People who ask something, again and again. */
export class Traffic {
  readonly #server: BotApiServer;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  perSecond = 0;

  constructor(server: BotApiServer) {
    this.#server = server;
    for (const person of [...PEOPLE, REFUSED_USER]) server.user(person);
  }

  set(perSecond: number): void {
    clearInterval(this.#timer);
    this.perSecond = perSecond;
    this.#timer = perSecond === 0 ? undefined : setInterval(() => this.ask(), 1_000 / perSecond);
  }

  /** @returns the id of the update */
  ask(from: number = PEOPLE[this.#count % PEOPLE.length]!.id): number | undefined {
    const text = QUESTIONS[this.#count % QUESTIONS.length] ?? '/help';
    this.#count += 1;
    return this.#server.sendMessage({ from, text }).updateId;
  }
}
