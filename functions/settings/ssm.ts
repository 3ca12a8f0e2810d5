import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ReadParameters } from './secrets.ts';

/** SSM answers up to ten names in one call, which is more than this program has. */
export function ssmParameters(): ReadParameters {
  let client: SSMClient | undefined;
  return async (names) => {
    client ??= new SSMClient({ maxAttempts: 3 });
    const { Parameters: parameters = [] } = await client.send(
      new GetParametersCommand({ Names: names, WithDecryption: true }),
    );
    return new Map(parameters.map(({ Name: name = '', Value: value = '' }) => [name, value]));
  };
}
