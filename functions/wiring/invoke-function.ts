import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

let client: LambdaClient | undefined;

/**
 * Invokes a function and waits for its answer.
 * @throws Error of the SDK, or of the function, which says no more than its type
 */
export async function invokeFunction(name: string, event: object, signal?: AbortSignal): Promise<unknown> {
  const { FunctionError: kind, Payload: payload } = await lambda().send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    { abortSignal: signal },
  );
  const text = payload === undefined ? 'null' : Buffer.from(payload).toString('utf8');
  if (kind !== undefined) throw new Error(`the function ended with an error of its own: ${typeOf(text)}`);
  return JSON.parse(text) as unknown;
}

/** Hands an event to a function that runs on by itself. @throws Error of the SDK */
export async function beginFunction(name: string, event: object): Promise<void> {
  await lambda().send(
    new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
}

function lambda(): LambdaClient {
  client ??= new LambdaClient({ maxAttempts: 3 });
  return client;
}

function typeOf(payload: string): string {
  const { errorType = 'unknown' } = JSON.parse(payload) as { errorType?: string };
  return errorType;
}
