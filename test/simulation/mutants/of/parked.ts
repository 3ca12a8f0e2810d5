import type { Mutant } from '../mutant.ts';

const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const DEAD_INDEX = 'functions/dynamodb/dead-index.ts';
const PAYLOADS = 'functions/dynamodb/payload-store.ts';
const CONDITIONAL = 'functions/dynamodb/conditional-update.ts';
const CONSUMER = 'functions/lease/consumer.ts';

export const PARKED_MUTANTS: Mutant[] = [
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
    search: '[TTL_ATTRIBUTE]: entry.ttlSeconds,\n    });',
    replace: '[TTL_ATTRIBUTE]: entry.ttlSeconds,\n    }).catch(() => {});',
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
    search: 'await putUnlessOvertaken(this.#table, item);',
    replace: 'await putUnlessOvertaken(this.#table, item).catch(() => {});',
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
    search: "const isMine = reply.kind === 'applied' || item?.['attempt_id'] === attemptId;",
    replace: "const isMine = reply.kind === 'applied' && attemptId.length > 0;",
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
    search: "    emit({ type: 'unsettled',",
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
    name: 'payload: what lies beside the item is emptied for any update of its id',
    file: PAYLOADS,
    search: 'ConditionExpression: isFromBefore,',
    replace: "ConditionExpression: 'fencing_token <= :token OR fencing_token > :token',",
  },
  {
    name: 'drop: the payload stays',
    file: LEDGER_STORE,
    search: 'dropped_at_ms = :now REMOVE payload',
    replace: 'dropped_at_ms = :now REMOVE nothing_at_all',
  },
  {
    name: 'list: no further than its first page',
    file: DEAD_INDEX,
    search: 'start = page.LastEvaluatedKey;',
    replace: 'start = undefined;\n      void page.LastEvaluatedKey;',
  },
  {
    name: 'list: no further than three batches of reads',
    file: LEDGER_STORE,
    search: 'if (found.length >= limit) return found.slice(0, limit);',
    replace: 'if (found.length >= limit || read >= 75) return found.slice(0, limit);',
  },
  {
    name: 'payload: a part that is missing is left out',
    file: PAYLOADS,
    search: "if (!(part?.['bytes'] instanceof Uint8Array)) return undefined;",
    replace: "if (!(part?.['bytes'] instanceof Uint8Array)) continue;",
  },
];
