import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Conditional } from '../lease/lease-store.ts';
import type {
  AttemptNote,
  ClaimRequest,
  DropRequest,
  LedgerRecord,
  LedgerStatus,
  LedgerStore,
  ReplayRequest,
  SettleRequest,
} from '../lease/ledger-store.ts';
import type { IncomingUpdate } from '../lease/update.ts';
import { toStoreError } from './client.ts';
import {
  allOf,
  anyOf,
  conditionalUpdate,
  map,
  notAlreadyMine,
  readConsistently,
  type Item,
  type TableOptions,
} from './conditional-update.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';
import { PayloadStore } from './payload-store.ts';

const isNew = 'attribute_not_exists(pk)';
const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)';
const isUnderLowerToken = 'fencing_token < :token';
const isStillThisUpdate = 'dedupe_until_ms >= :now';
const isAnExpiredUpdate = 'fencing_token = :expired_token AND dedupe_until_ms < :now';
const isClaimedByMe = '#status = :claimed AND fencing_token = :token';
const isDead = '#status = :dead AND fencing_token = :token AND attribute_not_exists(dropped_at_ms)';

/** `status` is a reserved word of DynamoDB's expressions. */
const NAMES = { '#status': 'status' };

/** The ledger of one bot (or of its synthetic probe) in DynamoDB. */
export class DynamoLedgerStore implements LedgerStore {
  readonly #table: TableOptions;
  readonly #payloads: PayloadStore;

  constructor(table: TableOptions) {
    this.#table = table;
    this.#payloads = new PayloadStore(table);
  }

  async read(updateId: number): Promise<LedgerRecord | undefined> {
    const item = await readConsistently(this.#table, keys.update(this.#table.scope, updateId));
    return item && toRecord(updateId, item);
  }

  claim(request: ClaimRequest): Promise<Conditional<LedgerRecord>> {
    const { replacesExpiredToken } = request;
    const values = {
      ':claimed': 'claimed',
      ':token': request.fencingToken,
      ':attempt': request.attemptId,
      ':holder': request.holder,
      ':now': request.nowMs,
      ':dedupe_until': request.dedupeUntilMs,
      ':ttl': seconds(request.dedupeUntilMs),
      ':zero': 0,
      ':one': 1,
      ':none': [],
    };
    const claim =
      'SET #status = :claimed, fencing_token = :token, attempt_id = :attempt, holder = :holder,' +
      ` claimed_at_ms = :now, dedupe_until_ms = :dedupe_until, ${TTL_ATTRIBUTE} = :ttl`;
    if (replacesExpiredToken !== undefined) {
      return this.#write(request.updateId, {
        UpdateExpression:
          `${claim}, attempts = :one, failures = :zero, first_attempt_at_ms = :now, history = :none` +
          ' REMOVE last_error, settled_at_ms, dropped_at_ms, payload, payload_chunks',
        ConditionExpression: allOf(notAlreadyMine, isAnExpiredUpdate, isUnderLowerToken),
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ...values, ':expired_token': replacesExpiredToken },
      });
    }
    const again = allOf(isUnsettledOrHandedBack, isUnderLowerToken, isStillThisUpdate);
    return this.#write(request.updateId, {
      UpdateExpression:
        `${claim}, attempts = if_not_exists(attempts, :zero) + :one, failures = if_not_exists(failures, :zero),` +
        ' first_attempt_at_ms = if_not_exists(first_attempt_at_ms, :now), history = if_not_exists(history, :none)',
      ConditionExpression: allOf(notAlreadyMine, anyOf(isNew, again)),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ...values, ':failed': 'failed', ':deferred': 'deferred' },
    });
  }

  async settle(request: SettleRequest): Promise<Conditional<LedgerRecord>> {
    const { updateId, status, payload, firstAttemptAtMs } = request;
    const parked =
      status === 'dead' && payload !== undefined ? await this.#park(request, payload) : undefined;
    const removed = [
      ...(request.error === undefined ? ['last_error'] : []),
      ...(firstAttemptAtMs === undefined ? ['first_attempt_at_ms'] : []),
      // A replayed update may fail again, and nobody else has its payload.
      ...(status === 'done' ? ['payload', 'payload_chunks'] : []),
    ];
    const set = {
      '#status': ':status',
      attempt_id: ':attempt',
      settled_at_ms: ':now',
      attempts: ':attempts',
      failures: ':failures',
      history: ':history',
      dedupe_until_ms: ':dedupe_until',
      [TTL_ATTRIBUTE]: ':ttl',
      ...(request.error !== undefined && { last_error: ':error' }),
      ...(firstAttemptAtMs !== undefined && { first_attempt_at_ms: ':first' }),
      ...(parked !== undefined && { [parked.attribute]: ':payload' }),
    };
    const assignments = Object.entries(set).map(([name, value]) => `${name} = ${value}`);
    return this.#write(updateId, {
      UpdateExpression:
        `SET ${assignments.join(', ')}` + (removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''),
      ConditionExpression: allOf(notAlreadyMine, isClaimedByMe),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: {
        ':status': status,
        ':claimed': 'claimed',
        ':token': request.fencingToken,
        ':attempt': request.attemptId,
        ':now': request.nowMs,
        ':attempts': request.attempts,
        ':failures': request.failures,
        ':history': request.history.map(fromNote),
        ':dedupe_until': request.dedupeUntilMs,
        ':ttl': seconds(request.keepUntilMs),
        ...(request.error !== undefined && { ':error': request.error }),
        ...(firstAttemptAtMs !== undefined && { ':first': firstAttemptAtMs }),
        ...(parked !== undefined && { ':payload': parked.value }),
      },
    });
  }

  replay(request: ReplayRequest): Promise<Conditional<LedgerRecord>> {
    return this.#write(request.updateId, {
      UpdateExpression:
        'SET #status = :failed, attempt_id = :attempt, attempts = :zero, failures = :zero,' +
        ' dedupe_until_ms = :dedupe_until REMOVE first_attempt_at_ms',
      ConditionExpression: allOf(notAlreadyMine, isDead),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: {
        ':dead': 'dead',
        ':token': request.expectedToken,
        ':failed': 'failed',
        ':attempt': request.attemptId,
        ':zero': 0,
        ':dedupe_until': request.dedupeUntilMs,
      },
    });
  }

  async drop(request: DropRequest): Promise<Conditional<LedgerRecord>> {
    const { updateId } = request;
    const reply = await conditionalUpdate(this.#table, keys.update(this.#table.scope, updateId), {
      UpdateExpression: 'SET attempt_id = :attempt, dropped_at_ms = :now REMOVE payload, payload_chunks',
      ConditionExpression: allOf(notAlreadyMine, isDead),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: {
        ':dead': 'dead',
        ':token': request.expectedToken,
        ':attempt': request.attemptId,
        ':now': request.nowMs,
      },
    });
    if (reply.applied) {
      await this.#payloads.forget(updateId, reply.before);
      await this.#delete(updateId);
    }
    return map(reply, (item) => toRecord(updateId, item));
  }

  async listDead(options: { limit: number; afterUpdateId?: number }): Promise<LedgerRecord[]> {
    const { client, tableName, scope } = this.#table;
    const { limit, afterUpdateId } = options;
    const found: LedgerRecord[] = [];
    let start = afterUpdateId === undefined ? undefined : { ...keys.dead(scope, afterUpdateId) };
    do {
      const page = await client
        .send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': keys.dead(scope, 0).pk },
            ConsistentRead: true,
            Limit: limit,
            ExclusiveStartKey: start,
          }),
        )
        .catch((error: unknown) => {
          throw toStoreError(error);
        });
      for (const item of page.Items ?? []) {
        const updateId = Number(item['update_id']);
        const outcome = await readConsistently(this.#table, keys.update(scope, updateId));
        if (outcome === undefined || outcome['dropped_at_ms'] !== undefined) continue;
        const record = toRecord(updateId, outcome);
        if (record.status === 'dead' && found.length < limit) found.push(record);
      }
      start = page.LastEvaluatedKey as typeof start;
    } while (start !== undefined && found.length < limit);
    return found;
  }

  payload(updateId: number): Promise<IncomingUpdate | undefined> {
    return this.#payloads.read(updateId);
  }

  /** Written before the outcome and keyed by the update, so that a repetition overwrites itself. */
  async #park(request: SettleRequest, payload: IncomingUpdate): ReturnType<PayloadStore['write']> {
    const { client, tableName, scope } = this.#table;
    const { updateId, keepUntilMs } = request;
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...keys.dead(scope, updateId),
            update_id: updateId,
            parked_at_ms: request.nowMs,
            [TTL_ATTRIBUTE]: seconds(keepUntilMs),
          },
        }),
      );
    } catch (error) {
      throw toStoreError(error);
    }
    return this.#payloads.write(updateId, payload, seconds(keepUntilMs));
  }

  async #delete(updateId: number): Promise<void> {
    const { client, tableName, scope } = this.#table;
    try {
      await client.send(new DeleteCommand({ TableName: tableName, Key: keys.dead(scope, updateId) }));
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #write(
    updateId: number,
    update: Parameters<typeof conditionalUpdate>[2],
  ): Promise<Conditional<LedgerRecord>> {
    const reply = await conditionalUpdate(this.#table, keys.update(this.#table.scope, updateId), update);
    return map(reply, (item) => toRecord(updateId, item));
  }
}

/** TTL attributes are whole seconds; rounded up, so that nothing is forgotten early. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

interface StoredNote {
  started_at_ms: number;
  ended_at_ms?: number;
  ended: AttemptNote['ended'];
  fencing_token: number;
  holder: string;
  error?: string;
}

interface StoredRecord {
  status: LedgerStatus;
  fencing_token: number;
  attempt_id: string;
  holder: string;
  attempts: number;
  failures: number;
  first_attempt_at_ms?: number;
  claimed_at_ms: number;
  settled_at_ms?: number;
  dedupe_until_ms: number;
  last_error?: string;
  history?: StoredNote[];
}

function fromNote(note: AttemptNote): StoredNote {
  return {
    started_at_ms: note.startedAtMs,
    ended_at_ms: note.endedAtMs,
    ended: note.ended,
    fencing_token: note.fencingToken,
    holder: note.holder,
    error: note.error,
  };
}

function toNote(stored: StoredNote): AttemptNote {
  return {
    startedAtMs: stored.started_at_ms,
    endedAtMs: stored.ended_at_ms,
    ended: stored.ended,
    fencingToken: stored.fencing_token,
    holder: stored.holder,
    error: stored.error,
  };
}

function toRecord(updateId: number, item: Item): LedgerRecord {
  const stored = item as unknown as StoredRecord;
  return {
    updateId,
    status: stored.status,
    fencingToken: stored.fencing_token,
    attemptId: stored.attempt_id,
    holder: stored.holder,
    attempts: stored.attempts,
    failures: stored.failures,
    firstAttemptAtMs: stored.first_attempt_at_ms,
    claimedAtMs: stored.claimed_at_ms,
    settledAtMs: stored.settled_at_ms,
    dedupeUntilMs: stored.dedupe_until_ms,
    error: stored.last_error,
    history: (stored.history ?? []).map(toNote),
  };
}
