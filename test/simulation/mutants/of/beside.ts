import type { Mutant } from '../mutant.ts';

const IN_PARALLEL = 'functions/lease/in-parallel.ts';
const TURNS = 'functions/local/polling/turns.ts';
const AHEAD = 'functions/wiring/reading-ahead.ts';
const EXPIRY_AHEAD = 'functions/local/polling/expiry-ahead.ts';
const MARK = 'functions/telegram/subscription-mark.ts';
const SWITCH = 'functions/telegram/webhook-switch.ts';

/** Small parts that the protocol leans on, each with a test of its own that is quick. */
export const BESIDE_MUTANTS: Mutant[] = [
  {
    name: 'in parallel: all at once',
    file: IN_PARALLEL,
    search: '{ length: REQUESTS_AT_ONCE }',
    replace: '{ length: REQUESTS_AT_ONCE * 100 }',
  },
  {
    name: 'in parallel: others begin after one has failed',
    file: IN_PARALLEL,
    search: 'if (failures.length > 0) return;',
    replace: '',
  },
  {
    name: 'in parallel: a failure is thrown before what has begun has ended',
    file: IN_PARALLEL,
    search: 'await task(item).catch((error: unknown) => void failures.push(error));',
    replace: 'await task(item);',
  },
  {
    name: 'turns: the one that came last is next',
    file: TURNS,
    search: 'one.place - other.place',
    replace: 'other.place - one.place',
  },
  {
    name: 'turns: one that is handed on counts twice',
    file: TURNS,
    search: 'else next.begin();',
    replace: 'else {\n        this.#taken += 1;\n        next.begin();\n      }',
  },
  {
    name: 'turns: nobody waits',
    file: TURNS,
    search: 'if (this.#taken === this.#most)',
    replace: 'if (this.#taken > this.#most)',
  },
  {
    name: 'reading ahead: what was read long ago is taken',
    file: AHEAD,
    search: 'begun === undefined || begun.fresh.remainingMs() === 0',
    replace: 'begun === undefined',
  },
  {
    name: 'reading ahead: one reading is taken by two updates',
    file: AHEAD,
    search: '    this.forget(key);\n',
    replace: '',
  },
  {
    name: 'reading ahead: a reading that failed is the answer',
    file: AHEAD,
    search: 'return begun.value.catch(() => this.#read(key));',
    replace: 'return begun.value;',
  },
  {
    name: 'reading ahead: goes on after its delivery',
    file: AHEAD,
    search: 'await sleep(clock, left.remainingMs(), ended.signal);',
    replace: '',
  },
  {
    name: 'mark: the same kinds each time',
    file: MARK,
    search: 'Math.floor(this.#random() * left.length)',
    replace: '0',
  },
  {
    name: 'mark: a difference is somebody else before ours was asked for',
    file: MARK,
    search: 'return !isOwn && (this.#isTold || foreign);',
    replace: 'return !isOwn;',
  },
  {
    name: 'mark: only marks of others count',
    file: MARK,
    search: 'return !isOwn && (this.#isTold || foreign);',
    replace: 'return !isOwn && foreign;',
  },
  {
    name: 'mark: the kinds that were asked for are narrowed',
    file: MARK,
    search: 'const kinds = [...this.found, ...drawn];',
    replace: 'const kinds = [...this.found.slice(1), ...drawn];',
  },
  {
    name: 'webhook: a wish that was refused stands',
    file: SWITCH,
    search: '    await wantAgain(deps, former);\n    throw new WebhookRefusedError(error, await',
    replace: '    throw new WebhookRefusedError(error, await',
  },
  {
    name: 'webhook: what had no answer counts as refused',
    file: SWITCH,
    search: '    if (!isRefusal(error)) throw error;\n    await wantAgain',
    replace: '    if (!(error instanceof GrammyError)) await wantAgain(deps, former);\n    await wantAgain',
  },
  {
    name: 'expiry ahead: an end is corrected though its holder has renewed the lease',
    file: EXPIRY_AHEAD,
    search: "'attempt_id = :seen',",
    replace: "'attempt_id = :seen OR attribute_exists(holder)',",
  },
  {
    name: 'expiry ahead: nobody looks whether the lease is renewed',
    file: EXPIRY_AHEAD,
    search: '  await sleep(clock, waitMs, signal);\n',
    replace: '',
  },
  {
    name: 'expiry ahead: an end that a clock which is right may have set is corrected',
    file: EXPIRY_AHEAD,
    search: 'item.expiresAtMs > latestMs',
    replace: 'item.expiresAtMs > clock.wallMs()',
  },
];
