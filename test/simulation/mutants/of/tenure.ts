import type { Mutant } from '../mutant.ts';

const PARTITION_LEASE = 'functions/lease/partition-lease.ts';
const PER_UPDATE = 'functions/lease/per-update-leases.ts';
const CONSUMER = 'functions/lease/consumer.ts';
const TENURE = 'functions/lease/tenure.ts';
const CLOCK = 'functions/lease/clock.ts';
const SETTLED = 'functions/lease/ledger-store.ts';
const TENURE_STATE = 'functions/lease/tenure-state.ts';
const QUEUE = 'functions/lease/partition-queue.ts';

export const TENURE_MUTANTS: Mutant[] = [
  // The tenure.
  {
    name: 'guard: looks at nothing',
    file: TENURE,
    search: '    if (!this.lapsed) return;\n',
    replace: '    return;\n',
  },
  {
    name: 'guard: without the margin',
    file: TENURE,
    search: 'Math.min(lease().remainingMs(), deadline.remainingMs()) - skewMs;',
    replace: 'Math.min(lease().remainingMs(), deadline.remainingMs());',
  },
  {
    name: 'guard: with a little less than the margin',
    file: TENURE,
    search: 'Math.min(lease().remainingMs(), deadline.remainingMs()) - skewMs;',
    replace: 'Math.min(lease().remainingMs(), deadline.remainingMs()) - skewMs * 0.95;',
  },
  {
    name: 'guard: trusts its timer instead of the clocks',
    file: TENURE,
    search: 'return this.#lapse.signal.aborted || this.#usableMs() <= 0;',
    replace: 'return this.#lapse.signal.aborted;',
  },
  {
    name: 'guard: a standing lease that is lost is not noticed',
    file: TENURE,
    search: `  revoke(): void {
    this.#end();`,
    replace: '  revoke(): void {',
  },
  {
    name: 'tenure: its signal never fires',
    file: TENURE,
    search: 'if (usableMs <= 0) return this.#end();',
    replace: 'if (usableMs <= 0) return;',
  },
  {
    name: 'tenure: no deadline under a standing lease',
    file: TENURE,
    search: 'Math.min(lease().remainingMs(), deadline.remainingMs())',
    replace: 'lease().remainingMs()',
  },
  {
    name: 'tenure: a handler begins though it has lapsed',
    file: CONSUMER,
    search: '    if (tenure.lapsed) return over();\n',
    replace: '',
  },
  {
    name: 'contender: without the margin',
    file: PARTITION_LEASE,
    search: 'staleBeforeMs: nowMs - skewMs,',
    replace: 'staleBeforeMs: nowMs + 0 * skewMs,',
  },
  {
    name: 'clock: the wall clock alone',
    file: CLOCK,
    search: '      this.#clock.monotonicMs() - this.#startedAtMonotonicMs,\n',
    replace: '      0 * this.#startedAtMonotonicMs,\n',
  },
  {
    name: 'clock: the monotonic clock alone',
    file: CLOCK,
    search: '      this.#clock.wallMs() - this.startedAtWallMs,\n',
    replace: '',
  },
  {
    name: 'clock: the more hopeful of the two',
    file: CLOCK,
    search: 'return Math.max(\n      this.#clock.wallMs()',
    replace: 'return Math.min(\n      this.#clock.wallMs()',
  },
  {
    name: 'grant: its time is taken after the answer',
    file: PARTITION_LEASE,
    search: "      return { kind: 'granted', fencingToken, lease };\n    }\n    if (reply.item?.attemptId",
    replace:
      "      return { kind: 'granted', fencingToken, lease: new Countdown(this.#context.clock, lease.durationMs) };\n    }\n    if (reply.item?.attemptId",
  },
  {
    name: 'grant: for longer than this invocation',
    file: PER_UPDATE,
    search: 'termMs: () => countdown.remainingMs(),',
    replace: 'termMs: () => countdown.durationMs * 4,',
  },
  {
    name: 'grant: though hardly any time is left',
    file: PARTITION_LEASE,
    search: 'if (lease.durationMs <= skewMs) return this.#busy(undefined, request.updateId);',
    replace: '',
  },
  // The holder's end, and how it came.
  {
    name: 'hand-over: a claim passes for settled',
    file: SETTLED,
    search: "if (record === undefined || record.status === 'claimed') return false;",
    replace: 'if (record === undefined) return false;',
  },
  {
    name: 'hand-over: no record passes for settled',
    file: SETTLED,
    search: "if (record === undefined || record.status === 'claimed') return false;",
    replace: "if (record === undefined) return true;\n  if (record.status === 'claimed') return false;",
  },
  {
    name: 'hand-over: a failure under an older token passes for settled',
    file: SETTLED,
    search: "return record.fencingToken === leaseToken || record.status === 'done';",
    replace: 'return true;',
  },
  {
    name: 'hand-over: a death under an older token passes for settled',
    file: SETTLED,
    search: "return record.fencingToken === leaseToken || record.status === 'done';",
    replace: 'return record.fencingToken === leaseToken || isFinal(record.status);',
  },
  {
    name: 'hand-over: an outcome of long ago passes for settled',
    file: SETTLED,
    search: 'if (record.dedupeUntilMs <= nowMs + DEDUPE_EDGE_MS) return false;',
    replace:
      'if (record.fencingToken === leaseToken && record.dedupeUntilMs <= nowMs + DEDUPE_EDGE_MS) return false;',
  },
  {
    name: 'hand-over: an outcome of long ago under the same number passes for settled',
    file: SETTLED,
    search: 'if (record.dedupeUntilMs <= nowMs + DEDUPE_EDGE_MS) return false;',
    replace:
      'if (record.fencingToken !== leaseToken && record.dedupeUntilMs <= nowMs + DEDUPE_EDGE_MS) return false;',
  },
  {
    name: 'hand-over: a duplicate blocks until expiry',
    file: SETTLED,
    search: "return record.fencingToken === leaseToken || record.status === 'done';",
    replace: 'return record.fencingToken === leaseToken;',
  },
  {
    name: 'hand-over: never',
    file: TENURE_STATE,
    search: "if (isSettled(record, fencingToken, clock.wallMs())) return 'over';",
    replace: "if (updateId < 0 && isSettled(record, 0, clock.wallMs())) return 'over';",
  },
  {
    name: 'hand-over: an update that was taken up again is read on',
    file: TENURE_STATE,
    search: 'record.fencingToken > fencingToken',
    replace: 'record.fencingToken < 0',
  },
  {
    name: 'hand-over: a tenure that was followed is over',
    file: PARTITION_LEASE,
    search: "if (state === 'over') {",
    replace: "if (state !== 'running') {",
  },
  {
    name: 'hand-over: whatever the token of the outcome',
    file: SETTLED,
    search: "return record.fencingToken === leaseToken || record.status === 'done';",
    replace: "return record.fencingToken <= leaseToken || record.status === 'done';",
  },
  {
    name: 'hand-over: an attempt that began passes for one that did not',
    file: PARTITION_LEASE,
    search: 'item.attemptId !== this.#begunAttemptId;',
    replace: 'item.attemptId !== undefined;',
  },
  {
    name: 'hand-over: what another began passes for one of mine that did not',
    file: PARTITION_LEASE,
    search: 'return item.holder === this.#context.holder && item.attemptId',
    replace: 'return item.attemptId',
  },
  {
    name: 'hand-over: an attempt of mine that never began blocks until expiry',
    file: PARTITION_LEASE,
    search: "this.#neverBegan(item) ? 'over' : this.#context.stateOf(item)",
    replace: 'this.#context.stateOf(item)',
    harmless:
      'its own expiry frees it, after the lost answer of a request; nobody but this process is better off sooner',
  },
  {
    name: 'hot path: the token is kept though the answer is unknown',
    file: PARTITION_LEASE,
    search: '    this.#ownToken = undefined;\n    const reply',
    replace: '    const reply',
    harmless:
      "if the request landed, the token it offers next is no longer the item's, and the write is refused",
  },
  {
    name: 'hot path: every update contends anew',
    file: PARTITION_LEASE,
    search: '    this.#ownToken = fencingToken;\n',
    replace: '    this.#ownToken = fencingToken < 0 ? fencingToken : undefined;\n',
  },
  {
    name: 'queue: two updates of a partition at once in one process',
    file: QUEUE,
    search: 'const turn = before === undefined ? task() : before.then(task, task);',
    replace: 'const turn = task();',
  },
  {
    name: 'queue: one that fails stops those behind it',
    file: QUEUE,
    search: 'before.then(task, task)',
    replace: 'before.then(task)',
    harmless:
      'a delivery that throws is a defect of this program or an unreachable layout; those behind it fail once, and are delivered again',
  },
  {
    name: 'queue: no limit to the wait in it',
    file: CONSUMER,
    search: 'countdown.remainingMs() < delivery.deadlineMs * QUEUE_SHARE',
    replace: 'countdown.remainingMs() < 0 * QUEUE_SHARE',
    harmless: 'what has waited for longer is refused for want of time, or handled in the time that is left',
  },
  {
    name: 'waiting: a delivery that is out of time asks for a long wait',
    file: PARTITION_LEASE,
    search: ' : 0;\n    const { partition } = this.key;',
    replace: ' : 30_000;\n    const { partition } = this.key;',
  },
  {
    name: 'waiting: for ever, while the lease is busy',
    file: PARTITION_LEASE,
    search: 'const mayWait = waited.remainingMs() > 0 && signal?.aborted !== true;',
    replace: 'const mayWait = waited.remainingMs() >= 0 && signal?.aborted !== true;',
  },
  {
    name: 'waiting: asks for the lease each time instead of reading',
    file: PARTITION_LEASE,
    search: "while (waited.remainingMs() > 0 && state === 'running' && this.#endsByItsUpdate(item));",
    replace: "while (waited.remainingMs() < 0 && state === 'running' && this.#endsByItsUpdate(item));",
  },
  {
    name: 'waiting: Retry-After until the expiry, although its holder is soon done',
    file: PARTITION_LEASE,
    search: 'return Math.min(latestMs, Math.max(SOONEST_RETRY_MS, nowMs - sinceMs));',
    replace: 'return Math.max(latestMs, Math.min(SOONEST_RETRY_MS, nowMs - sinceMs));',
  },
  {
    name: 'waiting: not at all',
    file: PARTITION_LEASE,
    search: 'const mayWait = waited.remainingMs() > 0 && signal?.aborted !== true;',
    replace: 'const mayWait = waited.remainingMs() < 0 && signal?.aborted !== true;',
  },
  {
    name: 'hand-over: an attempt that was given back counts as begun',
    file: PARTITION_LEASE,
    search: '    this.#begunAttemptId = undefined;\n    await store.release',
    replace: '    await store.release',
  },
  {
    name: 'hand-over: an attempt that was confirmed late counts as not begun',
    file: PARTITION_LEASE,
    search: '      this.#begunAttemptId = asked.attemptId;\n      this.#report(asked, undefined',
    replace: '      this.#report(asked, undefined',
  },
  {
    name: 'hand-over: once for each delivery',
    file: PARTITION_LEASE,
    search: 'if (mayWait || !triedHandOver) state',
    replace: 'if (!triedHandOver) state',
  },
  {
    name: 'clock: a sleep leaves its listener at the signal',
    file: CLOCK,
    search: "      signal?.removeEventListener('abort', wake);\n",
    replace: '',
  },
  {
    name: 'tenure: its close leaves a timer behind',
    file: TENURE,
    search: '      cancel();\n',
    replace: '',
  },
  {
    name: 'waiting: its pauses grow without a bound',
    file: PARTITION_LEASE,
    search: 'pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);',
    replace: 'pauseMs *= 2;',
  },
  {
    name: 'queue: the third does not wait for the second',
    file: QUEUE,
    search: 'if (this.#tails.get(key) === turn) this.#tails.delete(key);',
    replace: 'this.#tails.delete(key);',
  },
];
