import type { Mutant } from '../mutant.ts';

const LEASE_STORE = 'functions/dynamodb/lease-store.ts';
const CONDITIONAL = 'functions/dynamodb/conditional-update.ts';

export const GRANT_MUTANTS: Mutant[] = [
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
  {
    name: 'grant: each consumer of a process knows its own tenures only',
    file: 'functions/wiring/protocol.ts',
    search: 'grants: options.grants ?? perUpdate,',
    replace:
      'grants: options.grants ?? new PerUpdateLeases({ ...context, layout: protocol.layout, waitBudgetMs: WAIT_BUDGET_MS }),',
  },
];
