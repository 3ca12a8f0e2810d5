import { AwsClient } from 'aws4fetch';
import { CONSOLE_SIGNED_CALL } from '../aws/call-budgets.ts';
import { CommandError } from './usage-error.ts';

/** AWS's own name for a refusal is its code. */
class LimitsDeniedError extends Error {
  readonly code = 'AccessDeniedException';
}

/**
 * How many functions may run at once in this account and region, beside those that have some reserved.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 * @throws CommandError when Lambda does not answer
 */
export async function unreservedConcurrency(): Promise<number> {
  const { status, answer } = await ask('/2016-08-19/account-settings');
  const { AccountLimit: limit } = answer as {
    AccountLimit?: { UnreservedConcurrentExecutions?: number };
  };
  if (limit?.UnreservedConcurrentExecutions === undefined)
    throw new CommandError(`Lambda answered ${status} where the account's limits were asked for`);
  return limit.UnreservedConcurrentExecutions;
}

/**
 * How many of its runs at once are reserved for this function now.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
 * @throws CommandError when Lambda does not answer
 */
export async function concurrencyReservedFor(functionName: string): Promise<number> {
  const { answer } = await ask(`/2019-09-30/functions/${encodeURIComponent(functionName)}/concurrency`);
  return (answer as { ReservedConcurrentExecutions?: number }).ReservedConcurrentExecutions ?? 0;
}

/** Two calls, for which no client of its own is worth installing; credentials and region are found as another client finds them. */
async function ask(path: string): Promise<{ status: number; answer: unknown }> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  try {
    const region = await client.config.region();
    const aws = new AwsClient({
      ...(await client.config.credentials()),
      service: 'lambda',
      region,
      retries: CONSOLE_SIGNED_CALL.retries,
    });
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const endpoint = process.env['AWS_ENDPOINT_URL_LAMBDA'] ?? `https://lambda.${region}.${domain}`;
    const response = await aws.fetch(`${endpoint}${path}`, {
      signal: AbortSignal.timeout(CONSOLE_SIGNED_CALL.withinMs),
    });
    if (response.status === 403) throw new LimitsDeniedError('Lambda answered 403');
    return { status: response.status, answer: await response.json() };
  } catch (error) {
    const isNetwork = error instanceof TypeError || error instanceof SyntaxError;
    if (!isNetwork) throw error;
    throw new CommandError(`Lambda did not answer (${error.message}): check the network`, { cause: error });
  } finally {
    client.destroy();
  }
}
