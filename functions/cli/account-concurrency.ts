import { AwsClient } from 'aws4fetch';
import { CommandError } from './usage-error.ts';

const TIMEOUT_MS = 10_000;

/** AWS's own name for a refusal is its code. */
class AccountSettingsDeniedError extends Error {
  readonly code = 'AccessDeniedException';
}

/**
 * How many functions may run at once in this account and region, beside those that have some reserved. One call, for
 * which no client of its own is worth installing; credentials and region are found as another client finds them.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 * @throws CommandError when Lambda does not answer
 */
export async function accountConcurrency(): Promise<{ unreserved: number }> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  try {
    const region = await client.config.region();
    const aws = new AwsClient({
      ...(await client.config.credentials()),
      service: 'lambda',
      region,
      retries: 2,
    });
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const endpoint = process.env['AWS_ENDPOINT_URL_LAMBDA'] ?? `https://lambda.${region}.${domain}`;
    const response = await aws.fetch(`${endpoint}/2016-08-19/account-settings`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 403) throw new AccountSettingsDeniedError('Lambda answered 403');
    const { AccountLimit: limit } = (await response.json()) as {
      AccountLimit?: { UnreservedConcurrentExecutions?: number };
    };
    if (limit?.UnreservedConcurrentExecutions === undefined)
      throw new CommandError(`Lambda answered ${response.status} where the account's limits were asked for`);
    return { unreserved: limit.UnreservedConcurrentExecutions };
  } catch (error) {
    const isOwn = error instanceof CommandError || error instanceof AccountSettingsDeniedError;
    const isNetwork = error instanceof TypeError || error instanceof SyntaxError;
    if (isOwn || !isNetwork) throw error;
    throw new CommandError(`Lambda did not answer (${error.message}): check the network`, { cause: error });
  } finally {
    client.destroy();
  }
}
