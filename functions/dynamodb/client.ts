import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CallBudget } from '../aws/call-budgets.ts';
import { withinBudget } from '../aws/within-budget.ts';
import { StoreUnavailableError, type StoreRefusal } from '../lease/store-unavailable.ts';

export interface DocumentClientOptions {
  /** The caller's of ../aws/call-budgets.ts. */
  budget: CallBudget;
  /** A local or private endpoint; without it the SDK's own rules apply (`AWS_ENDPOINT_URL_DYNAMODB` among them). */
  endpoint?: string | (() => Promise<string>);
  /** Without it the SDK's own rules apply (`AWS_REGION` among them). */
  region?: string;
  /** Only for endpoints that know no real ones: see {@link LOCAL_CREDENTIALS}. */
  credentials?: DynamoDBClientConfig['credentials'];
}

/** Local endpoints want a signature and do not check it. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * The options of a given endpoint that AWS's variables and files would otherwise decide: these are meant for AWS, and
 * an endpoint of one's own cannot fulfil some of them.
 */
const ON_AN_ENDPOINT_OF_ONES_OWN = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  accountIdEndpointMode: 'disabled',
  defaultsMode: 'standard',
  retryMode: 'standard',
  userAgentAppId: 'agent-factory-bot',
} as const satisfies DynamoDBClientConfig;

/** A document client on which no call waits for ever and every value is marshalled the same way. */
export function createDocumentClient(options: DocumentClientOptions): DynamoDBDocumentClient {
  const { budget, endpoint, region, credentials } = options;
  const client = new DynamoDBClient({
    ...withinBudget(budget),
    ...(endpoint !== undefined && {
      ...ON_AN_ENDPOINT_OF_ONES_OWN,
      endpoint: endpoint as DynamoDBClientConfig['endpoint'],
    }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  });
  // Each call and its answer would be copied for a log that nobody writes.
  client.middlewareStack.remove('loggerMiddleware');
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true, convertEmptyValues: false },
  });
}

/** Errors are distinguished by name: two copies of the SDK in one process have two sets of classes. */
export function isErrorNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** The condition of a write was false. */
export function isConditionFailed(error: unknown): boolean {
  return isErrorNamed(error, 'ConditionalCheckFailedException');
}

/** Answers that tell of a mistake in the request, so that asking again cannot help. */
const MISTAKES = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'ValidationException',
  'SerializationException',
]);

/** Answers that every request gets until an operator has mended something. */
const REFUSALS: Readonly<Record<string, StoreRefusal>> = {
  ResourceNotFoundException: 'no-table',
  ExpiredTokenException: 'expired',
  ExpiredToken: 'expired',
  RequestExpired: 'expired',
  AccessDeniedException: 'denied',
  UnrecognizedClientException: 'not-accepted',
  InvalidSignatureException: 'not-accepted',
  IncompleteSignature: 'not-accepted',
  MissingAuthenticationToken: 'not-accepted',
  MissingAuthenticationTokenException: 'not-accepted',
  InvalidClientTokenId: 'not-accepted',
};

/**
 * Chooses what to throw for an error of the client: {@link StoreUnavailableError} where the store could not be asked or
 * did not answer (the outcome of a write is then unknown); the error itself where the request was wrong, its condition
 * was false, or it never came from the SDK.
 */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || MISTAKES.has(error.name) || !isFromTheWire(error)) return error;
  const refusal = REFUSALS[error.name];
  const what = refusal === undefined ? 'DynamoDB did not answer' : 'DynamoDB refuses';
  return new StoreUnavailableError(`${what}: ${error.name}: ${error.message}`, { cause: error, refusal });
}

function isFromTheWire(error: Error): boolean {
  const marks = ['$metadata', '$fault', '$response', 'code', 'syscall'];
  const names = ['AbortError', 'TimeoutError', 'CredentialsProviderError', 'AggregateError'];
  return marks.some((mark) => mark in error) || names.includes(error.name);
}
