import { mapInParallel } from '../lease/in-parallel.ts';
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
import { ABANDONED_AFTER_MS, REQUESTS_AT_ONCE } from '../lease/limits.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';
import type { IncomingUpdate } from '../lease/update.ts';
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
import { DeadIndex } from './dead-index.ts';
import { keys, TTL_ATTRIBUTE } from './keys.ts';
import { PayloadStore } from './payload-store.ts';

const isNew = 'attribute_not_exists(pk)';
const isUnsettledOrHandedBack = '#status IN (:claimed, :failed, :deferred)';
const isUnderLowerToken = 'fencing_token < :token';
const isStillThisUpdate = 'dedupe_until_ms >= :now';
const isAnExpiredUpdate = 'fencing_token = :expired_token AND dedupe_until_ms < :now';
const isClaimedByMe = '#status = :claimed AND fencing_token = :token';
const isAsSeen = 'attempt_id = :seen AND attribute_not_exists(dropped_at_ms)';
const isDead = '#status = :dead';
const wasReplayed = 'attribute_exists(parked_until) AND #status IN (:failed, :deferred)';
const wasAbandoned = 'attribute_exists(parked_until) AND #status = :claimed AND claimed_at_ms < :abandoned';
const isParked = allOf(notAlreadyMine, isAsSeen, anyOf(isDead, wasReplayed, wasAbandoned));

/**
 * `parked_until` is the TTL that an item got when its update was parked or replayed last. Until the update is done its
 * payload is the only one, so that no attempt shortens the item's life; afterwards it tells that there may be
 * something to tidy up.
 */
const ttlUnlessParked = `${TTL_ATTRIBUTE} = if_not_exists(parked_until, :ttl)`;

/** `status` is a reserved word of DynamoDB's expressions. */
const NAMES = { '#status': 'status' };

/** A record without its payload, which may be large. */
const RECORD_ONLY = {
  ProjectionExpression:
    '#status, fencing_token, attempt_id, holder, attempts, failures, first_attempt_at_ms, claimed_at_ms,' +
    ' settled_at_ms, dedupe_until_ms, last_error, history, messages_sent, messages_unconfirmed, parked_until, dropped_at_ms',
  ExpressionAttributeNames: NAMES,
};

/** The ledger of one bot (or of its synthetic probe) in DynamoDB. */
export class DynamoLedgerStore implements LedgerStore {
  readonly #table: TableOptions;
  readonly #payloads: PayloadStore;
  readonly #index: DeadIndex;

  constructor(table: TableOptions) {
    this.#table = table;
    this.#payloads = new PayloadStore(table);
    this.#index = new DeadIndex(table);
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
      ' claimed_at_ms = :now, dedupe_until_ms = :dedupe_until';
    if (replacesExpiredToken !== undefined) {
      return this.#write(request.updateId, {
        UpdateExpression:
          `${claim}, ${TTL_ATTRIBUTE} = :ttl,` +
          ' attempts = :one, failures = :zero, first_attempt_at_ms = :now, history = :none' +
          ' REMOVE last_error, settled_at_ms, dropped_at_ms, parked_until, payload, payload_chunks,' +
          ' messages_sent, messages_unconfirmed',
        ConditionExpression: allOf(notAlreadyMine, isAnExpiredUpdate),
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ...values, ':expired_token': replacesExpiredToken },
      });
    }
    const again = allOf(isUnsettledOrHandedBack, isUnderLowerToken, isStillThisUpdate);
    return this.#write(request.updateId, {
      UpdateExpression:
        `${claim}, ${ttlUnlessParked},` +
        ' attempts = if_not_exists(attempts, :zero) + :one, failures = if_not_exists(failures, :zero),' +
        ' first_attempt_at_ms = if_not_exists(first_attempt_at_ms, :now), history = if_not_exists(history, :none)',
      ConditionExpression: allOf(notAlreadyMine, anyOf(isNew, again)),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ...values, ':failed': 'failed', ':deferred': 'deferred' },
    });
  }

  async settle(request: SettleRequest): Promise<Conditional<LedgerRecord>> {
    const { updateId, status, payload, firstAttemptAtMs, progress } = request;
    const parked =
      status === 'dead' && payload !== undefined ? await this.#park(request, payload) : undefined;
    const hasProgress = progress.sent > 0 || progress.unconfirmed > 0;
    const removed = [
      ...(request.error === undefined ? ['last_error'] : []),
      ...(firstAttemptAtMs === undefined ? ['first_attempt_at_ms'] : []),
      ...(status === 'done' ? ['payload'] : []),
    ];
    const assignments = [
      '#status = :status',
      'attempt_id = :attempt',
      'settled_at_ms = :now',
      'attempts = :attempts',
      'failures = :failures',
      'history = :history',
      'dedupe_until_ms = :dedupe_until',
      status === 'done' || status === 'dead' ? `${TTL_ATTRIBUTE} = :ttl` : ttlUnlessParked,
      ...(request.error === undefined ? [] : ['last_error = :error']),
      ...(firstAttemptAtMs === undefined ? [] : ['first_attempt_at_ms = :first']),
      ...(hasProgress ? ['messages_sent = :sent', 'messages_unconfirmed = :unconfirmed'] : []),
      ...(parked === undefined ? [] : ['parked_until = :ttl', `${parked.attribute} = :payload`]),
    ];
    const reply = await conditionalUpdate(this.#table, keys.update(this.#table.scope, updateId), {
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
        ...(hasProgress && { ':sent': progress.sent, ':unconfirmed': progress.unconfirmed }),
        ...(parked !== undefined && { ':payload': parked.value }),
      },
    });
    if (status === 'done') await this.#unlistSettled(request, reply);
    return map(reply, (item) => toRecord(updateId, item));
  }

  async replay(request: ReplayRequest): Promise<Conditional<LedgerRecord>> {
    const { updateId } = request;
    const item = await readConsistently(this.#table, keys.update(this.#table.scope, updateId));
    const ttl = seconds(request.keepUntilMs);
    if (item !== undefined && toRecord(updateId, item).parked) {
      // Before the item is kept for longer, so that what belongs to it never goes first.
      await this.#index.keep({
        updateId,
        fencingToken: Number(item['fencing_token']),
        nowMs: request.nowMs,
        ttlSeconds: ttl,
      });
      await this.#payloads.keep(updateId, item, ttl);
    }
    return this.#write(updateId, {
      UpdateExpression:
        'SET #status = :failed, attempt_id = :attempt, attempts = :zero, failures = :zero,' +
        ` dedupe_until_ms = :dedupe_until, parked_until = :ttl, ${TTL_ATTRIBUTE} = :ttl` +
        ' REMOVE first_attempt_at_ms, messages_unconfirmed',
      ConditionExpression: isParked,
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: {
        ...valuesOfParked(request),
        ':zero': 0,
        ':dedupe_until': request.dedupeUntilMs,
        ':ttl': ttl,
      },
    });
  }

  async drop(request: DropRequest): Promise<Conditional<LedgerRecord>> {
    const { updateId, nowMs } = request;
    const reply = await conditionalUpdate(this.#table, keys.update(this.#table.scope, updateId), {
      UpdateExpression: 'SET #status = :dead, attempt_id = :attempt, dropped_at_ms = :now REMOVE payload',
      ConditionExpression: isParked,
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ...valuesOfParked(request), ':now': nowMs },
    });
    const item = reply.kind === 'applied' ? reply.before : reply.item;
    if (item !== undefined && (reply.kind === 'applied' || item['attempt_id'] === request.attemptId)) {
      await this.#unlist(updateId, item, nowMs);
    }
    return map(reply, (found) => toRecord(updateId, found));
  }

  async listDead(options: {
    limit: number;
    afterUpdateId?: number;
    maxRead?: number;
  }): Promise<LedgerRecord[]> {
    const { limit, afterUpdateId, maxRead = Infinity } = options;
    const found: LedgerRecord[] = [];
    let read = 0;
    for await (const page of this.#index.pages(afterUpdateId)) {
      for (let from = 0; from < page.length; from += REQUESTS_AT_ONCE) {
        if (found.length >= limit) return found.slice(0, limit);
        if (read >= maxRead) {
          throw new RangeError(
            `${found.length} of the first ${read} updates on the list are parked; there are more`,
          );
        }
        const batch = page.slice(from, from + REQUESTS_AT_ONCE);
        read += batch.length;
        const records = await mapInParallel(batch, (updateId) => this.#readRecord(updateId));
        for (const record of records) if (record?.parked === true) found.push(record);
      }
    }
    return found.slice(0, limit);
  }

  async payload(updateId: number): Promise<IncomingUpdate | undefined> {
    const item = await readConsistently(this.#table, keys.update(this.#table.scope, updateId));
    if (item === undefined || !toRecord(updateId, item).parked) return undefined;
    return this.#payloads.read(updateId, item);
  }

  async tidy({ updateId, nowMs }: { updateId: number; nowMs: number }): Promise<void> {
    const item = await readConsistently(this.#table, keys.update(this.#table.scope, updateId));
    if (item === undefined) return;
    const isOver = item['status'] === 'done' || item['dropped_at_ms'] !== undefined;
    if (isOver) await this.#unlist(updateId, item, nowMs);
  }

  /** Written before the outcome and keyed by the update, so that a repetition overwrites itself. */
  async #park(request: SettleRequest, payload: IncomingUpdate): ReturnType<PayloadStore['write']> {
    const { updateId, fencingToken, nowMs, keepUntilMs } = request;
    const ttlSeconds = seconds(keepUntilMs);
    await this.#index.add({ updateId, fencingToken, nowMs, ttlSeconds });
    return this.#payloads.write(updateId, payload, { fencingToken, ttlSeconds });
  }

  /** Costs an update that was never parked nothing, and no outcome waits for it. */
  async #unlistSettled(
    { updateId, attemptId, nowMs }: SettleRequest,
    reply: Conditional<Item>,
  ): Promise<void> {
    const item = reply.kind === 'applied' ? reply.before : reply.item;
    const isMine = reply.kind === 'applied' || item?.['attempt_id'] === attemptId;
    if (!isMine || item?.['parked_until'] === undefined) return;
    try {
      await this.#unlist(updateId, item, nowMs);
    } catch (error) {
      // The item says that the update is done, and the command that replayed it takes it off as well.
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  /** @param item the ledger item of an update that is done or dropped, or as it was right before */
  async #unlist(updateId: number, item: Item, nowMs: number): Promise<void> {
    await this.#payloads.empty(updateId, item, seconds(nowMs));
    await this.#index.remove(updateId, Number(item['fencing_token']));
  }

  async #readRecord(updateId: number): Promise<LedgerRecord | undefined> {
    const item = await readConsistently(this.#table, keys.update(this.#table.scope, updateId), RECORD_ONLY);
    return item && toRecord(updateId, item);
  }

  async #write(
    updateId: number,
    update: Parameters<typeof conditionalUpdate>[2],
  ): Promise<Conditional<LedgerRecord>> {
    const reply = await conditionalUpdate(this.#table, keys.update(this.#table.scope, updateId), update);
    return map(reply, (item) => toRecord(updateId, item));
  }
}

function valuesOfParked({ expectedAttemptId, attemptId, nowMs }: DropRequest): Item {
  return {
    ':seen': expectedAttemptId,
    ':attempt': attemptId,
    ':dead': 'dead',
    ':failed': 'failed',
    ':deferred': 'deferred',
    ':claimed': 'claimed',
    ':abandoned': nowMs - ABANDONED_AFTER_MS,
  };
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
  messages_sent?: number;
  messages_unconfirmed?: number;
  parked_until?: number;
  dropped_at_ms?: number;
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
    parked: isWaiting(stored),
    dedupeUntilMs: stored.dedupe_until_ms,
    error: stored.last_error,
    history: (stored.history ?? []).map(toNote),
    progress: { sent: stored.messages_sent ?? 0, unconfirmed: stored.messages_unconfirmed ?? 0 },
  };
}

function isWaiting({ status, parked_until: parkedUntil, dropped_at_ms: droppedAtMs }: StoredRecord): boolean {
  if (droppedAtMs !== undefined || status === 'done') return false;
  return status === 'dead' || parkedUntil !== undefined;
}
