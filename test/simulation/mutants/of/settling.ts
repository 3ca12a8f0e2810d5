import type { Mutant } from '../mutant.ts';

const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const CONSUMER = 'functions/lease/consumer.ts';
const TENURE = 'functions/lease/tenure.ts';
const JUDGE = 'functions/telegram/judge.ts';

export const SETTLING_MUTANTS: Mutant[] = [
  // The settling.
  {
    name: 'settle: whatever the status',
    file: LEDGER_STORE,
    search: "const isClaimedByMe = '#status = :claimed AND fencing_token = :token'",
    replace: "const isClaimedByMe = ':claimed = :claimed AND #status = #status AND fencing_token = :token'",
  },
  {
    name: 'settle: whatever the token',
    file: LEDGER_STORE,
    search: "const isClaimedByMe = '#status = :claimed AND fencing_token = :token'",
    replace: "const isClaimedByMe = '#status = :claimed AND :token = :token'",
  },
  {
    name: 'settle: a refused one passes for written',
    file: CONSUMER,
    search: 'return hasLanded(reply, attemptId);',
    replace: 'return !hasLanded(reply, attemptId) || attemptId.length > 0;',
  },
  {
    name: 'settle: one whose response was lost counts as refused',
    file: CONSUMER,
    search: 'return hasLanded(reply, attemptId);',
    replace: "return reply.kind === 'applied';",
    harmless:
      'the outcome is read after a refusal, and one that is final is answered 200 all the same; the others are delivered once more than they must be',
  },
  {
    name: 'settle: done even where a call is still out',
    file: CONSUMER,
    search: 'if (!allIn) return this.#leaveUnsettled(attempt);',
    replace: 'if (!allIn) emitNothing();\n    function emitNothing(): void {}',
  },
  {
    name: 'settle: the guard stays open',
    file: TENURE,
    search: '    this.#closed = true;\n',
    replace: '',
  },
  {
    name: 'settle: does not wait for the calls in flight',
    file: TENURE,
    search: '    if (this.#calls.size > 0) {\n      const patienceMs',
    replace: '    if (this.#calls.size > 1_000) {\n      const patienceMs',
  },
  {
    name: 'settle: calls it a day while calls are out',
    file: TENURE,
    search: '    return this.#calls.size === 0;\n  }',
    replace: '    return true;\n  }',
  },
  {
    name: 'settle: an unknown outcome is answered as done',
    file: CONSUMER,
    search: "return this.#unavailable('settle', error, updateId);",
    replace: "return { kind: 'done' };",
  },
  {
    name: 'settle: an unknown outcome counts as ended',
    file: CONSUMER,
    search: "return this.#unavailable('settle', error, updateId);",
    replace: "grants.ended(grant);\n      return this.#unavailable('settle', error, updateId);",
    harmless:
      'the process has closed the tenure itself, so that following itself is as safe as waiting; that it waits is the simpler rule',
  },
  {
    name: 'settle: a refused one counts as ended',
    file: CONSUMER,
    search: "emit({ type: 'fenced', updateId, fencingToken, at: 'settle' });",
    replace: "grants.ended(grant);\n        emit({ type: 'fenced', updateId, fencingToken, at: 'settle' });",
    harmless:
      "fenced means that a higher token was granted, so the token it then offers is nobody's any more",
  },
  {
    name: 'settle: failed before the calls are in',
    file: CONSUMER,
    search: `    const allIn = await tenure.close(ABORT_GRACE_MS);
`,
    replace: `    const allIn = true;
    void tenure.close(ABORT_GRACE_MS);
`,
  },
  {
    name: 'settle: an outcome may be swept while it tells duplicates',
    file: CONSUMER,
    search: "keepUntilMs: nowMs + (status === 'dead' ? deadKeptMs : dedupeMs),",
    replace: "keepUntilMs: nowMs + (status === 'dead' ? deadKeptMs : dedupeMs / 2_880),",
  },
  {
    name: 'settle: an outcome tells duplicates for less than a day',
    file: CONSUMER,
    search: '      dedupeUntilMs: nowMs + dedupeMs,\n      keepUntilMs',
    replace: '      dedupeUntilMs: nowMs + dedupeMs / 4,\n      keepUntilMs',
  },
  {
    name: 'settle: does not wait for calls in the background',
    file: TENURE,
    search: '    this.#calls.add(call);\n',
    replace: '    if (!background) this.#calls.add(call);\n',
  },
  {
    name: 'claim: one that a higher token refuses passes for a duplicate',
    file: CONSUMER,
    search: "at: 'claim' });\n    return { kind: 'fenced' };",
    replace: "at: 'claim' });\n    return { kind: 'duplicate', of: 'done' };",
  },
  // The verdict.
  {
    name: 'judge: what Telegram did not answer is done',
    file: JUDGE,
    search: 'if (error instanceof HttpError) {\n    return {',
    replace: "if (error instanceof HttpError) {\n    return { kind: 'done' };\n    return {",
  },
  {
    name: 'judge: an error of Telegram’s own is done',
    file: JUDGE,
    search: 'if (isServiceFault(code)) return {',
    replace: "if (code >= 500) return { kind: 'done' };\n  if (isServiceFault(code)) return {",
  },
  {
    name: 'judge: an error of Telegram’s own counts',
    file: JUDGE,
    search: 'if (isServiceFault(code))',
    replace: 'if (code < 500 && isServiceFault(code))',
  },
  {
    name: 'judge: every bad request is done',
    file: JUDGE,
    search: 'if (code === 400 && HARMLESS.some((pattern) => pattern.test(description)))',
    replace: 'if (code === 400 && HARMLESS.length > 0)',
  },
];
