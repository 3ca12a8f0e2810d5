import type { Mutant } from '../mutant.ts';

const POLLER = 'functions/local/polling/poller.ts';
const RECEIVED = 'functions/local/polling/received-updates.ts';
const POLLING_BOT = 'functions/local/polling/polling-bot.ts';
const POLL_RIGHT = 'functions/local/polling/poll-right.ts';
const LAYOUT_READER = 'functions/lease/layout-reader.ts';

export const POLLING_MUTANTS: Mutant[] = [
  {
    name: 'poll: an update of before a quiet week raises the offset',
    file: RECEIVED,
    search: 'const offset = Math.min(this.#next, ...waiting);',
    replace: 'const offset = waiting[0] ?? this.#next;',
  },
  {
    name: 'poll: an offset of before a quiet week is kept',
    file: RECEIVED,
    search: 'if (isStale || this.#next === undefined)',
    replace: 'if (this.#next === undefined)',
  },
  {
    name: 'poll: what waits is confirmed with what is behind it',
    file: RECEIVED,
    search: 'const offset = Math.min(this.#next, ...waiting);',
    replace: 'const offset = this.#next;',
  },
  {
    name: 'poll: a wait that an outcome asks for is not waited',
    file: POLLER,
    search: 'await sleep(clock, wanted ?? RETRY_MS[attempt] ?? RETRY_MS.at(-1)!, signal);',
    replace: 'await sleep(clock, RETRY_MS[attempt] ?? wanted ?? RETRY_MS.at(-1)!, signal);',
  },
  {
    name: 'layout: whichever way it cuts chats will do',
    file: LAYOUT_READER,
    search: 'if (layout.mapping !== MAPPING_VERSION) {',
    replace: 'if (layout.mapping < MAPPING_VERSION) {',
  },
  {
    name: 'poll: what drains goes on taking deliveries',
    file: 'functions/local/polling/counted-consumer.ts',
    search: 'if (this.#isClosed) return CLOSED;',
    replace: 'void CLOSED;',
  },
  {
    name: 'poll: a replay in hand at the end outlives the lease',
    file: POLLING_BOT,
    search: '        await this.consumer.drain();\n      }\n    };',
    replace: '        void this.consumer.drain();\n      }\n    };',
  },
  {
    name: 'poll: asked though the lease has lapsed',
    file: POLLING_BOT,
    search: '!standing.lost.aborted && !standing.hasLapsed',
    replace: '!standing.lost.aborted',
  },
  {
    name: 'poll: it ends while an update is in hand',
    file: POLLER,
    search: '      await this.#drained();\n',
    replace: '',
  },
  {
    name: 'poll: what is settled is forgotten before Telegram has confirmed it',
    file: POLLER,
    search: '    const { offset, confirmed } = this.#received.offset();\n    // grammY',
    replace:
      '    const { offset, confirmed } = this.#received.offset();\n    this.#received.forget(confirmed);\n    // grammY',
    harmless:
      'the offset names what lies behind it all the same; after a quiet week an update would be handed over once more, and the ledger knows it',
  },
  {
    name: 'poll: it waits for new ones though one waits for its next attempt',
    file: POLLER,
    search: 'this.#received.isWaiting ? 0 : LONG_POLL_SECONDS',
    replace: 'LONG_POLL_SECONDS',
    harmless: 'what waits is not confirmed, and Telegram answers at once while there is such an update',
  },
  {
    name: 'poll: a new one gives way to nobody',
    file: POLL_RIGHT,
    search: 'if (this.#conflicts > CONFLICTS_TOLERATED) throw inUse;',
    replace: 'if (this.#conflicts > CONFLICTS_TOLERATED * 500) throw inUse;',
  },
  {
    name: 'poll: an established one gives way as well',
    file: POLL_RIGHT,
    search: '    if (this.#young?.remainingMs() === 0) return;\n',
    replace: '',
  },
];
