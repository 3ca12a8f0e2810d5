import type { Mutant } from '../mutant.ts';

const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const CONSUMER = 'functions/lease/consumer.ts';
const TENURE = 'functions/lease/tenure.ts';
const ATTEMPTS = 'functions/lease/attempts.ts';

export const POISON_MUTANTS: Mutant[] = [
  // Poison.
  {
    name: 'attempts: what is handed back counts',
    file: CONSUMER,
    search: "const isHandedBack = status === 'deferred' && why.counts !== true;",
    replace: "const isHandedBack = status === 'deferred' && why.counts === undefined;",
  },
  {
    name: 'attempts: a deadline that the handler used up is handed back',
    file: CONSUMER,
    search: "const counts = verdict.reason === 'deadline' && tenure.usedUpByHandler;",
    replace: 'const counts = false;',
  },
  {
    name: 'attempts: a deadline that waiting used up counts',
    file: TENURE,
    search: 'const ownMs = this.#deadline.elapsedMs() - this.#allWaitsMs();',
    replace: 'const ownMs = this.#deadline.elapsedMs();',
  },
  {
    name: 'attempts: a deadline that waiting for the lease used up counts',
    file: TENURE,
    search: 'this.#waitedForMs = deadline.elapsedMs();',
    replace: 'this.#waitedForMs = 0;',
  },
  {
    name: 'attempts: a pause before the handler begins counts',
    file: TENURE,
    search: 'this.#waitedForMs = deadline.elapsedMs();',
    replace: 'this.#waitedForMs = deadline.durationMs - deadline.remainingMs();',
  },
  {
    name: 'attempts: a pause during a wait counts where the monotonic clock stood still',
    file: TENURE,
    search: 'if (this.#waits === 0) this.#wait = new Countdown(this.#clock, 0);',
    replace: 'if (this.#waits === 0) this.#wait = new Countdown({ ...this.#clock, wallMs: () => 0 }, 0);',
  },
  {
    name: 'attempts: a deadline that Telegram used up counts',
    file: TENURE,
    search: 'return await (background ? call : this.waiting(call));',
    replace: 'return await call;',
  },
  {
    name: 'attempts: a deadline that nobody but the typing used up is handed back',
    file: TENURE,
    search: 'return await (background ? call : this.waiting(call));',
    replace: 'return await this.waiting(call);',
  },
  {
    name: 'attempts: a wait that is not over yet is the handler’s own',
    file: TENURE,
    search: 'return this.#waitedForMs + (this.#waits > 0 ? this.#wait.elapsedMs() : 0);',
    replace: 'return this.#waitedForMs;',
  },
  {
    name: 'attempts: half a deadline counts',
    file: TENURE,
    search: '- this.#skewMs) * OWN_TIME_SHARE;',
    replace: '- this.#skewMs) * 0.5;',
  },
  {
    name: 'attempts: failures are not counted',
    file: CONSUMER,
    search: "failures: status === 'failed' ? state.failures + 1 : state.failures,",
    replace: 'failures: state.failures,',
  },
  {
    name: 'attempts: one more than the limit',
    file: ATTEMPTS,
    search: "return { kind: state.attempts === limits.maxAttempts ? 'handle' : 'park' };",
    replace: "return { kind: state.attempts <= limits.maxAttempts + 1 ? 'handle' : 'park' };",
  },
  {
    name: 'attempts: no limit to those that vanish',
    file: ATTEMPTS,
    search: "if (state.vanished === 0 || state.attempts < limits.maxAttempts) return { kind: 'handle' };",
    replace: "if (state.vanished === 0 || limits.maxAttempts > 0) return { kind: 'handle' };",
  },
  {
    name: 'attempts: none is left once the grace period is over',
    file: ATTEMPTS,
    search: "return { kind: state.attempts === limits.maxAttempts ? 'handle' : 'park' };",
    replace: "return { kind: state.attempts > limits.maxAttempts * 1_000 ? 'handle' : 'park' };",
  },
  {
    name: 'attempts: claims that nobody confirmed leave none',
    file: ATTEMPTS,
    search: 'attempts: Math.max(fewest, Math.min(state.attempts, maxAttempts))',
    replace: 'attempts: Math.max(fewest, state.attempts + 0 * maxAttempts)',
  },
  {
    name: 'attempts: failures hide one that vanished while it cools',
    file: ATTEMPTS,
    search: 'const fewest = state.failures + 2;',
    replace: 'const fewest = 2;',
  },
  {
    name: 'attempts: no limit to failures',
    file: CONSUMER,
    search: 'const last = state.attempts >= limits.maxAttempts;',
    replace: 'const last = state.attempts >= limits.maxAttempts * 1_000;',
  },
  {
    name: 'attempts: one fewer failure than the limit',
    file: CONSUMER,
    search: 'const last = state.attempts >= limits.maxAttempts;',
    replace: 'const last = state.attempts >= limits.maxAttempts - 1;',
  },
  {
    name: 'attempts: the last one does not wait for the grace period',
    file: ATTEMPTS,
    search: "if (forMs > 0) return { kind: 'cool', forMs };",
    replace: "if (forMs > limits.vanishedGraceMs) return { kind: 'cool', forMs };",
  },
  {
    name: 'attempts: the first one is forgotten at each claim',
    file: LEDGER_STORE,
    search: 'first_attempt_at_ms = if_not_exists(first_attempt_at_ms, :now), history',
    replace: 'first_attempt_at_ms = :now, history',
  },
  {
    name: 'attempts: a claim forgets the failures',
    file: LEDGER_STORE,
    search: 'failures = if_not_exists(failures, :zero),',
    replace: 'failures = :zero,',
  },
  {
    name: 'attempts: what a handler throws after its tenure has lapsed is judged',
    file: CONSUMER,
    search: 'if (!tenure.lapsed) return this.#options.judge(error);',
    replace: 'return this.#options.judge(error);',
  },
  {
    name: 'attempts: two waits at the same time count twice',
    file: TENURE,
    search: 'if (this.#waits === 0) this.#waitedForMs += this.#wait.elapsedMs();',
    replace: 'this.#waitedForMs += this.#wait.elapsedMs();',
  },
  {
    name: 'attempts: a claim forgets their history',
    file: LEDGER_STORE,
    search: 'history = if_not_exists(history, :none)',
    replace: 'history = :none',
  },
];
