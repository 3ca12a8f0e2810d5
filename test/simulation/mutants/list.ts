/** A named change of the code under test. The text must occur exactly once: one that no longer does fails the run. */
export interface Mutant {
  name: string;
  file: string;
  search: string;
  replace: string;
  /** Why no promise depends on it: it is about speed only, or another clause says the same. It has to survive. */
  harmless?: string;
}

const LEASE_STORE = 'functions/dynamodb/lease-store.ts';
const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const DEAD_INDEX = 'functions/dynamodb/dead-index.ts';
const PAYLOADS = 'functions/dynamodb/payload-store.ts';
const CONDITIONAL = 'functions/dynamodb/conditional-update.ts';
const PARTITION_LEASE = 'functions/lease/partition-lease.ts';
const PER_UPDATE = 'functions/lease/per-update-leases.ts';
const STANDING = 'functions/lease/standing-lease.ts';
const CONSUMER = 'functions/lease/consumer.ts';
const TENURE = 'functions/lease/tenure.ts';
const CLOCK = 'functions/lease/clock.ts';
const ATTEMPTS = 'functions/lease/attempts.ts';
const SETTLED = 'functions/lease/ledger-store.ts';
const TENURE_OVER = 'functions/lease/tenure-over.ts';
const LAYOUT_CHANGE = 'functions/lease/layout-change.ts';
const LAYOUT_READER = 'functions/lease/layout-reader.ts';
const FORCED = 'functions/lease/forced-release.ts';
const QUEUE = 'functions/lease/partition-queue.ts';
const JUDGE = 'functions/telegram/judge.ts';

const TRUE = 'attribute_exists(pk)';

export const MUTANTS: Mutant[] = [
  // The grant.
  {
    name: 'grant: a missing item is granted',
    file: LEASE_STORE,
    search: "const isLive = 'attribute_exists(pk) AND attribute_not_exists(retired)'",
    replace: "const isLive = 'attribute_not_exists(retired)'",
  },
  {
    name: 'grant, renew, release: a retired item is granted',
    file: LEASE_STORE,
    search: "const isLive = 'attribute_exists(pk) AND attribute_not_exists(retired)'",
    replace: "const isLive = 'attribute_exists(pk)'",
  },
  {
    name: 'grant: a free lease is not granted',
    file: LEASE_STORE,
    search: 'const grantable = [isFree, isStale];',
    replace: 'const grantable = [isStale];',
    harmless: 'a free lease has expired at 0, so that the clause for expired leases grants it as well',
  },
  {
    name: 'grant: an expired lease is not granted',
    file: LEASE_STORE,
    search: 'const grantable = [isFree, isStale];',
    replace:
      "const grantable = [isFree, 'lease_expires_at_ms < :stale_before AND attribute_not_exists(pk)'];",
  },
  {
    name: 'grant: a held lease counts as expired',
    file: LEASE_STORE,
    search: "const isStale = 'lease_expires_at_ms < :stale_before'",
    replace: "const isStale = 'lease_expires_at_ms > :stale_before OR lease_expires_at_ms < :stale_before'",
  },
  {
    name: 'grant: re-entry by holder alone',
    file: LEASE_STORE,
    search: "const isMine = 'holder = :holder AND fencing_token = :own_token'",
    replace: "const isMine = 'holder = :holder AND :own_token = :own_token'",
  },
  {
    name: 'grant: re-entry by token alone',
    file: LEASE_STORE,
    search: "const isMine = 'holder = :holder AND fencing_token = :own_token'",
    replace: "const isMine = 'fencing_token = :own_token'",
    harmless:
      'a token is granted once, so the token alone already names its holder; the name is for the reader',
  },
  {
    name: 'grant: hand-over of whatever token is there',
    file: LEASE_STORE,
    search: "const isOver = 'fencing_token = :over_token'",
    replace: "const isOver = ':over_token = :over_token'",
  },
  {
    name: 'grant: the token does not rise',
    file: LEASE_STORE,
    search: "      ' fencing_token = fencing_token + :one';",
    replace: "      ' fencing_token = if_not_exists(fencing_token, :one)';",
  },
  {
    name: 'grant: the update is not named',
    file: LEASE_STORE,
    search: 'updateId === undefined ? `${set} REMOVE update_id` : `${set}, update_id = :update_id`',
    replace: 'updateId === undefined ? `${set} REMOVE update_id` : `${set}, last_update_id = :update_id`',
  },
  {
    name: 'grant: a standing lease keeps the name of an update',
    file: LEASE_STORE,
    search: 'updateId === undefined ? `${set} REMOVE update_id`',
    replace: 'updateId === undefined ? `${set} REMOVE forced`',
  },
  {
    name: 'every write: a late copy of a request lands again',
    file: CONDITIONAL,
    search: "'attribute_not_exists(attempt_id) OR attempt_id <> :attempt'",
    replace: "'attribute_exists(pk) OR attribute_not_exists(pk) OR attempt_id = :attempt'",
    harmless:
      'every single condition is false by then for a reason of its own: this clause spares the next one who writes a condition from having to prove it',
  },
  // Renewal and release.
  {
    name: 'renew: by any token of the holder',
    file: LEASE_STORE,
    search:
      "ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder, 'lease_expires_at_ms < :expires'),",
    replace:
      "ConditionExpression: allOf(isLive, notAlreadyMine, 'holder = :holder AND :token = :token', 'lease_expires_at_ms < :expires'),",
    harmless:
      'a late renewal of an earlier tenure prolongs a lease of the same process, which does not count on it: others wait longer',
  },
  {
    name: 'renew: by any holder',
    file: LEASE_STORE,
    search:
      "ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder, 'lease_expires_at_ms < :expires'),",
    replace:
      "ConditionExpression: allOf(isLive, notAlreadyMine, ':holder = :holder AND :token = :token', 'lease_expires_at_ms < :expires'),",
  },
  {
    name: 'renew: may move the expiry back',
    file: LEASE_STORE,
    search: "isHeldUnder, 'lease_expires_at_ms < :expires'),",
    replace: 'isHeldUnder),',
  },
  {
    name: 'release: by any token of the holder',
    file: LEASE_STORE,
    search: 'ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder),',
    replace: "ConditionExpression: allOf(isLive, notAlreadyMine, 'holder = :holder AND :token = :token'),",
  },
  {
    name: 'release: by any holder',
    file: LEASE_STORE,
    search: 'ConditionExpression: allOf(isLive, notAlreadyMine, isHeldUnder),',
    replace: "ConditionExpression: allOf(isLive, notAlreadyMine, ':holder = :holder AND :token = :token'),",
  },
  {
    name: 'release: the holder stays',
    file: LEASE_STORE,
    search: "'SET attempt_id = :attempt, lease_expires_at_ms = :zero REMOVE holder, update_id, since_ms'",
    replace: "'SET attempt_id = :attempt, lease_expires_at_ms = lease_expires_at_ms + :zero REMOVE since_ms'",
  },
  // Forced release.
  {
    name: 'force-release: whatever token the operator saw',
    file: LEASE_STORE,
    search: "notAlreadyMine, 'fencing_token = :token', 'attribute_exists(holder)'];",
    replace: "notAlreadyMine, ':token = :token', 'attribute_exists(holder)'];",
  },
  {
    name: 'force-release: of a lease that nobody holds',
    file: LEASE_STORE,
    search: "notAlreadyMine, 'fencing_token = :token', 'attribute_exists(holder)'];",
    replace: "notAlreadyMine, 'fencing_token = :token'];",
  },
  {
    name: 'force-release: the token does not rise',
    file: LEASE_STORE,
    search: 'lease_expires_at_ms = :zero, fencing_token = fencing_token + :one, ${forced}`',
    replace: 'lease_expires_at_ms = :zero, raised = :one, ${forced}`',
  },
  {
    name: 'force-release: does not wait for expiry',
    file: FORCED,
    search: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs - skewMs,',
    replace: 'staleBeforeMs: request.evenIfLive || nowMs - skewMs > 0 ? undefined : nowMs,',
  },
  {
    name: 'force-release: without the margin',
    file: FORCED,
    search: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs - skewMs,',
    replace: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs + 0 * skewMs,',
  },
  {
    name: 'force-release: one whose answer was lost counts as refused once the lease is taken',
    file: FORCED,
    search: '(item?.attemptId === attemptId || isRecorded)',
    replace: 'item?.attemptId === attemptId',
  },
  // Retirement and layout change.
  {
    name: 'retire: a busy lease',
    file: LEASE_STORE,
    search: 'ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...idle)),',
    replace: `ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...idle, '${TRUE}')),`,
  },
  {
    name: 'retire: nothing but expiry frees a held lease',
    file: LEASE_STORE,
    search: 'overToken === undefined ? [isFree, isStale] : [isFree, isStale, isOver];',
    replace:
      "overToken === undefined ? [isFree, isStale] : [isFree, isStale, 'fencing_token < :over_token'];",
    harmless: 'a change of layout waits a little longer; it is run by hand, and again when it gave up',
  },
  {
    name: 'retire: the item stays grantable',
    file: LEASE_STORE,
    search: "'SET attempt_id = :attempt, retired = :true, lease_expires_at_ms",
    replace: "'SET attempt_id = :attempt, leaving = :true, lease_expires_at_ms",
  },
  {
    name: 'retire: without the margin',
    file: LAYOUT_CHANGE,
    search: 'const staleBeforeMs = clock.wallMs() - skewMs;',
    replace: 'const staleBeforeMs = clock.wallMs() + 0 * skewMs;',
  },
  {
    name: 'layout: a new one starts its tokens anew',
    file: LAYOUT_CHANGE,
    search: 'await createItems(store, next, highestToken + 1);',
    replace: 'await createItems(store, next, Math.min(0, highestToken));',
  },
  {
    name: 'layout: a new one starts with the highest token of the old one',
    file: LAYOUT_CHANGE,
    search: 'await createItems(store, next, highestToken + 1);',
    replace: 'await createItems(store, next, highestToken);',
  },
  {
    name: 'layout: flipped before its items are there',
    file: LAYOUT_CHANGE,
    search: `  await createItems(store, next, highestToken + 1);
  const reply = await store.writeLayout(next, old.epoch);`,
    replace: `  const reply = await store.writeLayout(next, old.epoch);
  await createItems(store, next, highestToken + 1);`,
  },
  {
    name: 'layout: one item of the old one is not retired',
    file: LAYOUT_CHANGE,
    search: `  for (let partition = 0; partition < old.partitions; partition += 1) {
    const token = await retire(`,
    replace: `  for (let partition = 1; partition < old.partitions; partition += 1) {
    const token = await retire(`,
  },
  {
    name: 'layout: flipped whatever epoch is there',
    file: LEASE_STORE,
    search: "expectedEpoch === undefined ? 'attribute_not_exists(pk)' : 'epoch = :expected'",
    replace: "expectedEpoch === undefined ? 'attribute_not_exists(pk)' : ':expected = :expected'",
  },
  {
    name: 'layout: an item that is there is created anew',
    file: LEASE_STORE,
    search: "          ConditionExpression: 'attribute_not_exists(pk)',\n",
    replace: '',
  },
  {
    name: 'layout: never read anew',
    file: PER_UPDATE,
    search: 'const fresh = await this.#layout.reread();',
    replace: 'const fresh = await this.#layout.current();',
  },
  {
    name: 'layout: a failed read is remembered',
    file: LAYOUT_READER,
    search: 'if (this.#known === reading) this.#known = undefined;',
    replace: 'if (this.#known !== reading) this.#known = undefined;',
  },
  // The claim.
  {
    name: 'claim: over an outcome that is final',
    file: LEDGER_STORE,
    search: "const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)'",
    replace:
      "const isUnsettledOrHandedBack = '(#status IN (:claimed, :failed, :deferred) OR attribute_exists(pk))'",
  },
  {
    name: 'claim: not over an earlier claim',
    file: LEDGER_STORE,
    search: "const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)'",
    replace: "const isUnsettledOrHandedBack = '#status IN (:failed, :deferred) AND #status <> :claimed'",
  },
  {
    name: 'claim: not over a failure',
    file: LEDGER_STORE,
    search: "const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)'",
    replace: "const isUnsettledOrHandedBack = '#status IN (:claimed, :deferred) AND #status <> :failed'",
  },
  {
    name: 'claim: not over what was handed back',
    file: LEDGER_STORE,
    search: "const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)'",
    replace: "const isUnsettledOrHandedBack = '#status IN (:claimed, :failed) AND #status <> :deferred'",
  },
  {
    name: 'claim: over any token',
    file: LEDGER_STORE,
    search: "const isUnderLowerToken = 'fencing_token < :token'",
    replace: "const isUnderLowerToken = ':token = :token'",
  },
  {
    name: 'claim: over the same token',
    file: LEDGER_STORE,
    search: "const isUnderLowerToken = 'fencing_token < :token'",
    replace: "const isUnderLowerToken = 'fencing_token <= :token'",
  },
  {
    name: 'claim: an expired outcome is still this update',
    file: LEDGER_STORE,
    search: "const isStillThisUpdate = 'dedupe_until_ms >= :now'",
    replace: "const isStillThisUpdate = ':now = :now'",
  },
  {
    name: 'claim: what is not expired is replaced',
    file: LEDGER_STORE,
    search: "const isAnExpiredUpdate = 'fencing_token = :expired_token AND dedupe_until_ms < :now'",
    replace: "const isAnExpiredUpdate = 'fencing_token = :expired_token'",
    harmless:
      'whoever has claimed it meanwhile has raised its token, so that the other half of the condition refuses as well',
  },
  {
    name: 'claim: an expired outcome is replaced whatever its token',
    file: LEDGER_STORE,
    search: "const isAnExpiredUpdate = 'fencing_token = :expired_token AND dedupe_until_ms < :now'",
    replace: "const isAnExpiredUpdate = ':expired_token = :expired_token AND dedupe_until_ms < :now'",
    harmless:
      'whoever else replaced it has set a time to live of two days, so the other half of the condition refuses as well',
  },
  {
    name: 'claim: an expired outcome is not replaced by a lower token',
    file: LEDGER_STORE,
    search: 'allOf(notAlreadyMine, isAnExpiredUpdate)',
    replace: 'allOf(notAlreadyMine, isAnExpiredUpdate, isUnderLowerToken)',
  },
  {
    name: 'claim: an id that is reused is never taken for a new update',
    file: CONSUMER,
    search: 'item.dedupeUntilMs < nowMs && replacesExpiredToken === undefined',
    replace: 'item.dedupeUntilMs < 0 && replacesExpiredToken === undefined',
  },
  {
    name: 'claim: a reused id keeps the attempts of the former update',
    file: LEDGER_STORE,
    search: 'attempts = :one, failures = :zero, first_attempt_at_ms = :now, history = :none',
    replace: 'attempts = attempts + :one, failures = :zero, first_attempt_at_ms = :now, history = :none',
  },
  {
    name: 'claim: attempts are not counted',
    file: LEDGER_STORE,
    search: 'attempts = if_not_exists(attempts, :zero) + :one,',
    replace: 'attempts = if_not_exists(attempts, :zero), claims = :one,',
  },
  {
    name: 'claim: one whose response was lost counts as refused',
    file: CONSUMER,
    search: 'if (item?.attemptId === attemptId) return { state: attemptStateOfOwnClaim(item), startedAtMs };',
    replace: '',
  },
  {
    name: 'claim: before the grant is asked for',
    file: CONSUMER,
    search:
      "if ('busy' in grant) return { kind: 'busy', holder: grant.holder, retryAfterMs: grant.retryAfterMs };",
    replace: `if ('busy' in grant) {
      await this.#claim(update, { key, fencingToken: Number.MAX_SAFE_INTEGER / 2, lease: () => countdown });
      return { kind: 'busy', holder: grant.holder, retryAfterMs: grant.retryAfterMs };
    }`,
  },
  {
    name: 'claim: none, the update is handled after the grant',
    file: CONSUMER,
    search: "    if ('outcome' in claim) return claim.outcome;",
    replace:
      "    if ('outcome' in claim) Object.assign(claim, { state: attemptStateAfterClaim(undefined, 0), startedAtMs: 0 });\n    if (!('state' in claim)) throw new Error();",
  },
  {
    name: 'claim: one of unknown outcome is not handed back',
    file: CONSUMER,
    search: 'await this.#handBackUnknownClaim(updateId, grant, nowMs);',
    replace: '',
  },
  {
    name: 'claim: a duplicate is answered as something else than one',
    file: CONSUMER,
    search: "      emit({ type: 'duplicate', updateId, of });\n      return { kind: 'duplicate', of };",
    replace: "      emit({ type: 'duplicate', updateId, of });\n      return { kind: 'fenced' };",
  },
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
    search: 'return reply.applied || reply.item?.attemptId === attemptId;',
    replace: 'return reply.applied || reply.item?.attemptId !== attemptId;',
  },
  {
    name: 'settle: one whose response was lost counts as refused',
    file: CONSUMER,
    search: 'return reply.applied || reply.item?.attemptId === attemptId;',
    replace: 'return reply.applied;',
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
    search: "      grants.abandoned(grant);\n      return this.#unavailable('settle', error, updateId);",
    replace: "      grants.abandoned(grant);\n      return { kind: 'done' };",
  },
  {
    name: 'settle: an unknown outcome counts as ended',
    file: CONSUMER,
    search: "      grants.abandoned(grant);\n      return this.#unavailable('settle', error, updateId);",
    replace: "      grants.ended(grant);\n      return this.#unavailable('settle', error, updateId);",
    harmless:
      'the process has closed the tenure itself, so that following itself is as safe as waiting; that it waits is the simpler rule',
  },
  {
    name: 'settle: a refused one counts as ended',
    file: CONSUMER,
    search:
      "        grants.abandoned(grant);\n        emit({ type: 'fenced', updateId, fencingToken, at: 'settle' });",
    replace:
      "        grants.ended(grant);\n        emit({ type: 'fenced', updateId, fencingToken, at: 'settle' });",
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
    search:
      "    return { kind: 'deferred', reason: 'telegram', error: 'the Bot API did not answer' };\n  }\n  if",
    replace: "    return { kind: 'done' };\n  }\n  if",
  },
  {
    name: 'judge: an error of Telegram’s own is done',
    file: JUDGE,
    search: 'if (blamesNoCall(code)) return {',
    replace: "if (code >= 500) return { kind: 'done' };\n  if (blamesNoCall(code)) return {",
  },
  {
    name: 'judge: an error of Telegram’s own counts',
    file: JUDGE,
    search: 'if (blamesNoCall(code))',
    replace: 'if (code < 500 && blamesNoCall(code))',
  },
  {
    name: 'judge: every bad request is done',
    file: JUDGE,
    search: 'if (code === 400 && HARMLESS.some((pattern) => pattern.test(description)))',
    replace: 'if (code === 400 && HARMLESS.length > 0)',
  },
  // The tenure.
  {
    name: 'guard: looks at nothing',
    file: TENURE,
    search: "    if (this.lapsed) throw new TenureOverError('the lease has run out');",
    replace: '',
  },
  {
    name: 'guard: without the margin',
    file: TENURE,
    search: 'Math.min(lease().remainingMs(), deadline.remainingMs()) - skewMs;',
    replace: 'Math.min(lease().remainingMs(), deadline.remainingMs());',
  },
  {
    name: 'guard: trusts its timer instead of the clocks',
    file: TENURE,
    search: '    if (this.#usableMs() <= 0) this.#end();\n',
    replace: '',
  },
  {
    name: 'guard: a standing lease that is lost is not noticed',
    file: TENURE,
    search: `  revoke(): void {
    this.#end();`,
    replace: '  revoke(): void {',
    harmless:
      'nobody else is granted the lease before the time of its last confirmed renewal is up, and the process drains before it releases: it merely drains for longer',
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
    search: '      return { granted: true, fencingToken, lease };\n    }\n    if (reply.item?.attemptId',
    replace:
      '      return { granted: true, fencingToken, lease: new Countdown(this.#context.clock, lease.durationMs) };\n    }\n    if (reply.item?.attemptId',
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
    search: 'if (lease.durationMs <= skewMs) return this.#busy(undefined, waited, request.updateId);',
    replace: '',
    harmless:
      'the tenure would have lapsed before it began, and handed the attempt back: a token and three writes in vain',
  },
  // Who ended, and how.
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
    file: TENURE_OVER,
    search: 'return isSettled(await ledger.read(item.updateId), item.fencingToken, clock.wallMs());',
    replace: 'return item.updateId < 0 && isSettled(await ledger.read(item.updateId), 0, clock.wallMs());',
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
    search: '(this.#neverBegan(item) || (await this.#context.isOver(item)))',
    replace: '(await this.#context.isOver(item))',
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
    harmless: 'the settled update is read instead: one read and one write in vain more for each update',
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
    name: 'waiting: for ever, while the lease is busy',
    file: PARTITION_LEASE,
    search: 'const mayWait = waited.remainingMs() > 0 && request.signal?.aborted !== true;',
    replace: 'const mayWait = waited.remainingMs() >= 0 && request.signal?.aborted !== true;',
  },
  {
    name: 'waiting: not at all',
    file: PARTITION_LEASE,
    search: 'const mayWait = waited.remainingMs() > 0 && request.signal?.aborted !== true;',
    replace: 'const mayWait = waited.remainingMs() < 0 && request.signal?.aborted !== true;',
    harmless: 'Telegram waits instead, and delivers again',
  },
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
    search: '- this.#skewMs) * 0.9;',
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
    search: 'if (state.vanished === 0 || state.attempts <= limits.maxAttempts) return { handle: true };',
    replace: 'if (state.vanished === 0 || state.attempts <= limits.maxAttempts + 1) return { handle: true };',
  },
  {
    name: 'attempts: no limit to those that vanish',
    file: ATTEMPTS,
    search: 'if (state.vanished === 0 || state.attempts <= limits.maxAttempts) return { handle: true };',
    replace: 'if (state.vanished === 0 || limits.maxAttempts > 0) return { handle: true };',
  },
  {
    name: 'attempts: no limit to failures',
    file: ATTEMPTS,
    search: 'if (state.attempts < limits.maxAttempts) return false;',
    replace: 'if (state.attempts < limits.maxAttempts * 1_000) return false;',
  },
  {
    name: 'attempts: one fewer failure than the limit',
    file: ATTEMPTS,
    search: 'if (state.attempts < limits.maxAttempts) return false;',
    replace: 'if (state.attempts < limits.maxAttempts - 1) return false;',
  },
  {
    name: 'attempts: those that vanished park it at once',
    file: ATTEMPTS,
    search: 'return coolForMs > 0 ? { handle: false, coolForMs } : { handle: false, park: true };',
    replace: 'return coolForMs < 0 ? { handle: false, coolForMs } : { handle: false, park: true };',
  },
  {
    name: 'attempts: a failure after some that vanished parks it at once',
    file: ATTEMPTS,
    search: 'return state.vanished === 0 || nowMs - state.firstAttemptAtMs >= limits.vanishedGraceMs;',
    replace: 'return state.vanished === 0 || nowMs - state.firstAttemptAtMs >= 0;',
  },
  {
    name: 'attempts: the first one is forgotten at each claim',
    file: LEDGER_STORE,
    search: 'first_attempt_at_ms = if_not_exists(first_attempt_at_ms, :now), history',
    replace: 'first_attempt_at_ms = :now, history',
    harmless: 'ten minutes are then counted from the last attempt but one: it is parked a little later',
  },
  // The operator.
  {
    name: 'replay, drop: of what is done',
    file: LEDGER_STORE,
    search: "const isDead = '#status = :dead'",
    replace: "const isDead = '(#status = :dead OR #status <> :dead)'",
  },
  {
    name: 'replay, drop: of what was never parked',
    file: LEDGER_STORE,
    search: "const wasReplayed = 'attribute_exists(parked_until) AND #status",
    replace: "const wasReplayed = '#status",
  },
  {
    name: 'replay, drop: of what somebody is at work for',
    file: LEDGER_STORE,
    search: "#status = :claimed AND claimed_at_ms < :abandoned'",
    replace: "#status = :claimed AND :abandoned = :abandoned'",
  },
  {
    name: 'replay, drop: not of what was abandoned',
    file: LEDGER_STORE,
    search: "#status = :claimed AND claimed_at_ms < :abandoned'",
    replace: "#status = :claimed AND claimed_at_ms < :abandoned AND attribute_not_exists(pk)'",
  },
  {
    name: 'replay, drop: not of what was replayed before',
    file: LEDGER_STORE,
    search: "const wasReplayed = 'attribute_exists(parked_until)",
    replace: "const wasReplayed = 'attribute_not_exists(pk)",
  },
  {
    name: 'replay, drop: whatever record the operator saw',
    file: LEDGER_STORE,
    search: "const isAsSeen = 'attempt_id = :seen AND",
    replace: "const isAsSeen = ':seen = :seen AND",
  },
  {
    name: 'replay, drop: of what was dropped',
    file: LEDGER_STORE,
    search: "'attempt_id = :seen AND attribute_not_exists(dropped_at_ms)'",
    replace: "'attempt_id = :seen'",
  },
  {
    name: 'drop: it may be claimed again',
    file: LEDGER_STORE,
    search: "'SET #status = :dead, attempt_id = :attempt, dropped_at_ms",
    replace: "'SET dropped_status = :dead, attempt_id = :attempt, dropped_at_ms",
  },
  {
    name: 'replay: keeps the attempts',
    file: LEDGER_STORE,
    search: "'SET #status = :failed, attempt_id = :attempt, attempts = :zero, failures = :zero,'",
    replace: "'SET #status = :failed, attempt_id = :attempt, attempts = attempts + :zero, failures = :zero,'",
  },
  // The list of the parked.
  {
    name: 'list, payload: what lands late takes back what a replay has prolonged',
    file: CONDITIONAL,
    search: 'attribute_not_exists(pk) OR fencing_token < :token OR',
    replace: 'attribute_not_exists(pk) OR attribute_exists(pk) OR fencing_token < :token OR',
  },
  {
    name: 'list: an update is parked though its entry could not be written',
    file: DEAD_INDEX,
    search: `          ExpressionAttributeValues: { ':token': entry.fencingToken, ':ttl': entry.ttlSeconds },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw toStoreError(error);`,
    replace: `          ExpressionAttributeValues: { ':token': entry.fencingToken, ':ttl': entry.ttlSeconds },
        }),
      );
    } catch (error) {
      void toStoreError(error);`,
  },
  {
    name: 'list: it is read as it was a while ago',
    file: DEAD_INDEX,
    search: '            ConsistentRead: true,\n',
    replace: '',
  },
  {
    name: 'payload: an update is parked though a part could not be written',
    file: PAYLOADS,
    search: 'if (!isConditionFailed(error)) throw toStoreError(error);',
    replace: 'void toStoreError(error);',
  },
  {
    name: 'every read: as it was a while ago',
    file: CONDITIONAL,
    search: 'ConsistentRead: true, ...only',
    replace: '...only',
  },
  {
    name: 'list: an update is parked without an entry',
    file: LEDGER_STORE,
    search: '    await this.#index.add({ updateId, fencingToken, nowMs, ttlSeconds });\n',
    replace: '',
  },
  {
    name: 'list: what was replayed counts as parked no more',
    file: LEDGER_STORE,
    search: "return status === 'dead' || parkedUntil !== undefined;",
    replace: "return status === 'dead' && parkedUntil !== undefined;",
  },
  {
    name: 'list: an attempt that failed takes it off',
    file: LEDGER_STORE,
    search: "if (status === 'done') await this.#unlistSettled(request, reply);",
    replace: "if (status !== 'dead') await this.#unlistSettled(request, reply);",
  },
  {
    name: 'list: what is done stays on it',
    file: LEDGER_STORE,
    search: "    if (status === 'done') await this.#unlistSettled(request, reply);\n",
    replace: '',
  },
  {
    name: 'list: what is done stays on it when the answer was lost',
    file: LEDGER_STORE,
    search: "const isMine = reply.applied || item?.['attempt_id'] === attemptId;",
    replace: 'const isMine = reply.applied && attemptId.length > 0;',
  },
  {
    name: 'list: an outcome waits until it is off it',
    file: LEDGER_STORE,
    search: '      if (!(error instanceof StoreUnavailableError)) throw error;\n',
    replace: '      throw error;\n',
  },
  {
    name: 'list: a namesake that was done takes it off',
    file: DEAD_INDEX,
    search: 'ConditionExpression: isFromBefore,',
    replace: "ConditionExpression: 'fencing_token <= :token OR fencing_token > :token',",
  },
  {
    name: 'list: a replay does not keep the entry for longer',
    file: LEDGER_STORE,
    search: '      await this.#index.keep({\n',
    replace: '      await (async (_entry: object) => {})({\n',
  },
  {
    name: 'list: a replay does not make an entry anew that was swept',
    file: DEAD_INDEX,
    search:
      "          ConditionExpression: isNotOvertaken,\n          ExpressionAttributeValues: {\n            ':id'",
    replace:
      "          ConditionExpression: `attribute_exists(pk) AND (${isNotOvertaken})`,\n          ExpressionAttributeValues: {\n            ':id'",
  },
  {
    name: 'list: a replay leaves an entry the token of an earlier death',
    file: DEAD_INDEX,
    search: 'fencing_token = :token,`',
    replace: 'fencing_token = if_not_exists(fencing_token, :token),`',
  },
  {
    name: 'payload: a replay leaves a part the token of an earlier death',
    file: PAYLOADS,
    search: 'SET ${TTL_ATTRIBUTE} = :ttl, fencing_token = :token`',
    replace: 'SET ${TTL_ATTRIBUTE} = :ttl, fencing_token = if_not_exists(fencing_token, :token)`',
  },
  {
    name: 'settle: a call that is still out gives the lease back',
    file: CONSUMER,
    search: "    grants.abandoned(grant);\n    emit({ type: 'unsettled',",
    replace: "    void grants.giveBack(grant).catch(() => {});\n    emit({ type: 'unsettled',",
  },
  {
    name: 'payload: the first attempt after a replay gives it up',
    file: LEDGER_STORE,
    search: "...(status === 'done' ? ['payload'] : []),",
    replace: "...(status === 'dead' ? [] : ['payload']),",
  },
  {
    name: 'payload: forgotten two days after a claim',
    file: LEDGER_STORE,
    search: '`${claim}, ${ttlUnlessParked},`',
    replace: '`${claim}, ${TTL_ATTRIBUTE} = :ttl,`',
  },
  {
    name: 'payload: forgotten two days after a failure',
    file: LEDGER_STORE,
    search: '`${TTL_ATTRIBUTE} = :ttl` : ttlUnlessParked,',
    replace: '`${TTL_ATTRIBUTE} = :ttl` : `${TTL_ATTRIBUTE} = :ttl`,',
  },
  {
    name: 'payload: a reused id inherits its keeping',
    file: LEDGER_STORE,
    search: 'dropped_at_ms, parked_until, payload, payload_chunks',
    replace: 'dropped_at_ms, payload, payload_chunks',
  },
  {
    name: 'payload: what lies beside the item is emptied whoever it is of',
    file: PAYLOADS,
    search: 'ConditionExpression: isFromBefore,',
    replace: "ConditionExpression: 'fencing_token <= :token OR fencing_token > :token',",
  },
  // The standing lease.
  {
    name: 'standing: an update is claimed again under the same token',
    file: STANDING,
    search: 'if (holding.attempted.has(request.updateId) || holding.attempted.size >= MAX_ATTEMPTED) {',
    replace: 'if (holding.attempted.size >= MAX_ATTEMPTED) {',
  },
  {
    name: 'standing: what was attempted is never forgotten',
    file: STANDING,
    search: '      holding.attempted.clear();\n',
    replace: '',
    harmless: 'a new token is taken for updates that would not need one',
  },
  {
    name: 'standing: a refused renewal is not a loss',
    file: STANDING,
    search: "        this.#lose(holding, `held by ${reply.item?.holder ?? 'nobody'} now`);",
    replace: '        holding.countdown = countdown;',
  },
  {
    name: 'standing: a renewal of unknown outcome counts',
    file: STANDING,
    search: "      this.#lose(holding, 'the renewal was not confirmed by the store');",
    replace: '      holding.countdown = countdown;',
  },
  {
    name: 'standing: the time of a renewal is taken after the answer',
    file: STANDING,
    search: '        holding.countdown = countdown;\n',
    replace: '        holding.countdown = new Countdown(clock, this.#termMs);\n',
  },
  {
    name: 'standing: never renewed',
    file: STANDING,
    search: 'await this.#inTurn(holding, () => this.#renew(holding));',
    replace: 'await this.#inTurn(holding, async () => {});',
  },
  {
    name: 'standing: grants after it has lapsed',
    file: STANDING,
    search: 'if (this.#hasLapsed(holding)) return { busy: true, retryAfterMs: this.#termMs / 3 };',
    replace: '',
    harmless: 'the tenure has lapsed before it begins: claim and hand back, in vain',
  },
  {
    name: 'standing: grants after it was lost',
    file: STANDING,
    search: 'if (holding === undefined || this.lost.aborted) return { busy: true, retryAfterMs: 0 };',
    replace: 'if (holding === undefined) return { busy: true, retryAfterMs: 0 };',
    harmless: 'the tenure is revoked as it begins: claim and hand back, in vain',
  },
  {
    name: 'standing: a renewal may overtake a new token',
    file: STANDING,
    search: 'const written = holding.writing.then(write, write);',
    replace: 'const written = write();',
    harmless:
      'the renewal names its token, so that the worst it meets is a refusal: the lease is lost, and taken again',
  },
  {
    name: 'standing: not released',
    file: STANDING,
    search: 'store.release({ key: lease.key, holder, fencingToken, attemptId }),',
    replace: 'store.release({ key: lease.key, holder, fencingToken: -1, attemptId }),',
  },
  {
    name: 'give back: a death blocks until expiry',
    file: CONSUMER,
    search: 'else await this.#giveBack(updateId, grant);',
    replace: 'else grants.abandoned(grant);',
  },
];
