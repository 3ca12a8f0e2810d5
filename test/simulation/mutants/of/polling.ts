import type { Mutant } from '../mutant.ts';

const POLLER = 'functions/local/poller.ts';
const LAYOUT_READER = 'functions/lease/layout-reader.ts';

export const POLLING_MUTANTS: Mutant[] = [
  {
    name: 'poll: an update of before a quiet week raises the offset',
    file: POLLER,
    search: 'const offset = Math.min(this.#next, ...waiting);',
    replace: 'const offset = waiting[0] ?? this.#next;',
  },
  {
    name: 'poll: an offset of before a quiet week is kept',
    file: POLLER,
    search: 'if (isStale || this.#next === undefined)',
    replace: 'if (this.#next === undefined)',
  },
  {
    name: 'poll: what waits is confirmed with what is behind it',
    file: POLLER,
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
    file: 'functions/local/counted-consumer.ts',
    search: 'if (this.#isClosed) return CLOSED;',
    replace: 'void CLOSED;',
  },
];
