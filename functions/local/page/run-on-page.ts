import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Update } from 'grammy/types';
import type { Consumer } from '../../lease/consumer.ts';
import type { ConsumerEvent } from '../../lease/events.ts';
import type { Settings } from '../../settings/settings.ts';
import type { HealthReport } from '../../status/report.ts';
import type { BotIdentity } from '../../status/status-store.ts';
import type { TelegramAccess } from '../../telegram/tenure-bot.ts';
import { updateFacts } from '../../telegram/update-facts.ts';
import type { Protocol } from '../../wiring/protocol.ts';
import { Activity } from './activity.ts';
import type { BotCommand, ChildMessage } from './experiment/consumer-child.ts';
import type { LocalTelegram } from './open-page.ts';
import type { PageServer } from './page-server.ts';
import type { TraceEntry } from './timeline/trace.ts';
import { traceStore } from './trace-store.ts';
import { tracedFetch } from './trace-telegram.ts';

/** Where a run is shown: on a page of its own, on the page that started it for an experiment, or nowhere. */
export type ShownOn =
  /** The command that an experiment's consumers are started with. */
  { readonly command: BotCommand } | { readonly tellPage: (message: ChildMessage) => void } | undefined;

/** A run as its page sees it: what it asks of the store and of Telegram, and the events of its consumers. */
export class RunOnPage {
  readonly #command: BotCommand | undefined;
  readonly #tellPage: ((message: ChildMessage) => void) | undefined;
  readonly #activity: Activity | undefined;
  readonly #record: ((entry: TraceEntry) => void) | undefined;
  readonly #process: string;

  /** `holder` names the run's row in the picture. */
  constructor(shownOn: ShownOn, holder: string) {
    this.#process = holder;
    if (shownOn === undefined) return;
    if ('command' in shownOn) {
      this.#command = shownOn.command;
      this.#activity = new Activity();
      this.#record = this.#activity.record;
    } else {
      const { tellPage } = shownOn;
      this.#tellPage = tellPage;
      this.#record = (entry) => tellPage({ trace: entry });
    }
  }

  watch(client: DynamoDBDocumentClient): void {
    const record = this.#record;
    if (record !== undefined) traceStore(client, { process: this.#process, record });
  }

  watched(access: TelegramAccess): TelegramAccess {
    const record = this.#record;
    if (record === undefined) return access;
    return { ...access, fetch: tracedFetch(access.fetch ?? fetch, { process: this.#process, record }) };
  }

  happened(event: ConsumerEvent): void {
    this.#record?.({ type: 'event', atMs: Date.now(), process: this.#process, event });
  }

  listensAt(port: number): void {
    this.#tellPage?.({ listening: port });
  }

  /**
   * @returns undefined for a run without a page
   * @throws Error when the page cannot be built, or its key cannot be kept
   */
  async open(options: {
    settings: Settings;
    foundation: { protocol: Pick<Protocol, 'ledger'>; health: () => Promise<HealthReport> };
    consumer: () => Pick<Consumer, 'consume'>;
    bot: BotIdentity;
    /** Absent where the bot talks to the real Telegram. */
    local: LocalTelegram | undefined;
  }): Promise<PageServer | undefined> {
    if (this.#command === undefined || this.#activity === undefined) return undefined;
    const { settings, foundation, consumer, bot, local } = options;
    const { openPage } = await import('./open-page.ts');
    return openPage({
      dataFolder: settings.dataFolder,
      command: this.#command,
      bot: {
        username: bot.username,
        firstName: bot.firstName,
        isLocal: local !== undefined,
        administrators: settings.adminUserIds,
        canAppoint: local?.appoint !== undefined,
      },
      local,
      activity: this.#activity,
      health: foundation.health,
      ledger: foundation.protocol.ledger,
      deliver: async (update) => {
        const { orderingKey } = updateFacts(update as Update);
        const deadlineMs = settings.handlerDeadlineMs;
        return (await consumer().consume({ update: update as Update, orderingKey, deadlineMs })).kind;
      },
    });
  }
}
