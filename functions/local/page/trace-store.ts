import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../dynamodb/client.ts';
import type { LeaseState, RequestEntry, RequestPurpose, TraceEntry } from './timeline/trace.ts';

interface Numbered {
  readonly N?: string;
  readonly S?: string;
}

/** The parts of a DynamoDB request that a trace reads, as they go over the wire. */
interface WireRequest {
  readonly Key?: Record<string, Numbered>;
  readonly Item?: Record<string, Numbered>;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, Numbered>;
}

/** Reports each request that a client sends for the lease or the ledger, attempt by attempt, once it has ended. */
export function traceStore(
  client: DynamoDBDocumentClient,
  options: { process: string; record: (entry: TraceEntry) => void },
): void {
  const { process, record } = options;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const body = (args.request as { body?: unknown }).body;
      const request = wireRequest(body);
      const purpose = request && purposeOf(String(context.commandName), request);
      if (request === undefined || purpose === undefined) return next(args);
      const again = attemptOf(args.request) > 1;
      const started = { type: 'request', atMs: Date.now(), process, purpose, ...updateOf(request) } as const;
      const ended = (result: RequestEntry['result'], lease?: LeaseState): void =>
        record({
          ...started,
          endedAtMs: Date.now(),
          result,
          ...(lease && { lease }),
          ...(again && { fate: `${result}, sent again`, mishap: result === 'lost' ? 'lost' : 'twice' }),
        });
      try {
        const answer = await next(args);
        const { Attributes: before } = answer.output as { Attributes?: Record<string, unknown> };
        const lease = leaseAfter(request, tokenOf(before), purpose);
        ended(purpose === 'read' ? 'read' : 'applied', lease);
        return answer;
      } catch (error) {
        ended(isConditionFailed(error) ? 'refused' : 'lost');
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'trace' },
  );
}

/** The SDK numbers its attempts in a header: `attempt=2; max=3`. */
function attemptOf(request: unknown): number {
  const { headers = {} } = request as { headers?: Record<string, string> };
  return Number(/attempt=(\d+)/.exec(headers['amz-sdk-request'] ?? '')?.[1] ?? 1);
}

function wireRequest(body: unknown): WireRequest | undefined {
  if (!(body instanceof Uint8Array) && typeof body !== 'string') return undefined;
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as WireRequest;
}

const PURPOSES: readonly (readonly [RequestPurpose, RegExp])[] = [
  ['acquire', /^SET holder = /],
  ['force-release', /forced_holder = /],
  ['release', /REMOVE holder/],
  ['renew', /^SET attempt_id = :attempt, lease_expires_at_ms = :expires$/],
  ['settle', /settled_at_ms = :now/],
  ['claim', /claimed_at_ms = :now/],
  ['replay', /^SET #status = :failed/],
  ['drop', /dropped_at_ms = /],
];

/** Undefined for what is neither the lease's nor the ledger's. */
function purposeOf(command: string, { Key, UpdateExpression }: WireRequest): RequestPurpose | undefined {
  const pk = Key?.['pk']?.S ?? '';
  if (!pk.startsWith('LEASE#') && !pk.startsWith('UPDATE#')) return undefined;
  if (Key?.['sk']?.S === 'LAYOUT') return 'layout';
  if (command.startsWith('Get')) return 'read';
  return PURPOSES.find(([, pattern]) => pattern.test(UpdateExpression ?? ''))?.[0] ?? 'other';
}

function updateOf({ Key, ExpressionAttributeValues }: WireRequest): { updateId?: number } {
  const [kind, , id] = (Key?.['pk']?.S ?? '').split('#');
  const updateId = kind === 'UPDATE' ? id : ExpressionAttributeValues?.[':update_id']?.N;
  return updateId === undefined ? {} : { updateId: Number(updateId) };
}

/** The answer of a document client holds plain values, that of another one marked ones. */
function tokenOf(item: Record<string, unknown> | undefined): number {
  const token = item?.['fencing_token'];
  return Number(typeof token === 'object' && token !== null ? (token as Numbered).N : (token ?? 0));
}

function leaseAfter(
  { Key, ExpressionAttributeValues: values }: WireRequest,
  tokenBefore: number,
  purpose: RequestPurpose,
): LeaseState | undefined {
  const partition = /#PARTITION#(\d+)$/.exec(Key?.['sk']?.S ?? '')?.[1];
  if (partition === undefined) return undefined;
  const token = Number(values?.[':token']?.N ?? tokenBefore);
  const expiresAtMs = Number(values?.[':expires']?.N ?? 0);
  const holder = values?.[':holder']?.S;
  switch (purpose) {
    case 'acquire':
      return { partition, fencingToken: token + 1, expiresAtMs, ...(holder && { holder }) };
    case 'renew':
      return { partition, fencingToken: token, expiresAtMs, ...(holder && { holder }) };
    case 'release':
      return { partition, fencingToken: token, expiresAtMs: 0 };
    case 'force-release':
      return { partition, fencingToken: token + 1, expiresAtMs: 0 };
    default:
      return undefined;
  }
}
