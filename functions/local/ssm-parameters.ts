import type { SSMClient } from '@aws-sdk/client-ssm';
import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import type { ReadParameters } from '../settings/secrets.ts';

/**
 * Parameters as a machine of people reads them: with profiles and single sign-on, which a function in AWS does not
 * need. The SDK is loaded when it is needed, and most local bots never do.
 */
export function ssmParameters(): ReadParameters {
  return async (names) => {
    const { GetParametersCommand } = await import('@aws-sdk/client-ssm');
    return withClient(async (client) => {
      const { Parameters: parameters = [] } = await client.send(
        new GetParametersCommand({ Names: names, WithDecryption: true }),
      );
      return new Map(parameters.map(({ Name: name = '', Value: value = '' }) => [name, value]));
    });
  };
}

/**
 * Creates or overwrites a SecureString.
 * @param keyId the KMS key that encrypts it; without one SSM takes its own, also for one that another key encrypted
 */
export async function putSecureString(name: string, value: string, keyId?: string): Promise<void> {
  const { PutParameterCommand } = await import('@aws-sdk/client-ssm');
  const parameter = { Name: name, Value: value, Type: 'SecureString', Overwrite: true } as const;
  await withClient((client) =>
    client.send(new PutParameterCommand({ ...parameter, ...(keyId !== undefined && { KeyId: keyId }) })),
  );
}

async function withClient<T>(use: (client: SSMClient) => Promise<T>): Promise<T> {
  const { withinBudget } = await import('../aws/within-budget.ts');
  const sdk = await import('@aws-sdk/client-ssm');
  const client = new sdk.SSMClient(withinBudget(CALL_BUDGETS.console));
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
