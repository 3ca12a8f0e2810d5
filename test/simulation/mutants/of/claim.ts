import type { Mutant } from '../mutant.ts';

const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const CONSUMER = 'functions/lease/consumer.ts';

export const CLAIM_MUTANTS: Mutant[] = [
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
      'a process that has claimed it meanwhile has raised its token, so that the other half of the condition refuses as well',
  },
  {
    name: 'claim: an expired outcome is replaced whatever its token',
    file: LEDGER_STORE,
    search: "const isAnExpiredUpdate = 'fencing_token = :expired_token AND dedupe_until_ms < :now'",
    replace: "const isAnExpiredUpdate = ':expired_token = :expired_token AND dedupe_until_ms < :now'",
    harmless:
      'another process that replaced it has set a time to live of two days, so the other half of the condition refuses as well',
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
    search:
      "if (item?.attemptId === attemptId)\n          return { kind: 'claimed', state: attemptStateOfOwnClaim(item), startedAtMs };",
    replace: '',
  },
  {
    name: 'claim: before the grant is asked for',
    file: CONSUMER,
    search:
      "if (grant.kind === 'busy')\n      return { kind: 'busy', holder: grant.holder, retryAfterMs: grant.retryAfterMs };",
    replace: `if (grant.kind === 'busy') {
      await this.#claim(update, { kind: 'granted', key, fencingToken: Number.MAX_SAFE_INTEGER / 2, lease: () => countdown });
      return { kind: 'busy', holder: grant.holder, retryAfterMs: grant.retryAfterMs };
    }`,
  },
  {
    name: 'claim: none, the update is handled after the grant',
    file: CONSUMER,
    search:
      "    if (claim.kind === 'answered') return claim.outcome;\n    const { state, startedAtMs } = claim;",
    replace:
      "    const { state, startedAtMs } = claim.kind === 'claimed' ? claim : { state: attemptStateAfterClaim(undefined, 0), startedAtMs: 0 };",
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
];
