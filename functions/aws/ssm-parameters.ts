import type { ReadParameters } from '../settings/secrets.ts';
import { jsonCall } from './signed-call.ts';

interface Answer {
  Parameters?: { Name: string; Value: string }[];
}

/** SSM answers up to ten names in one call, which is more than this program has. */
export const readParameters: ReadParameters = async (names) => {
  const body = { Names: names, WithDecryption: true };
  const answer = (await jsonCall('ssm', { operation: 'AmazonSSM.GetParameters', body })) as Answer;
  return new Map((answer.Parameters ?? []).map(({ Name: name, Value: value }) => [name, value]));
};
