import type { Context } from 'aws-lambda';
import { registrationFunction } from '../wiring/registration.ts';
import {
  parseRequest,
  respond,
  type ResourceAnswer,
  type ResourceRequest,
} from '../deployment/cloudformation.ts';
import { desiredOf } from '../deployment/cloudformation.ts';
import { register, unregister } from '../deployment/register.ts';

/** Left for the answer itself, with its repetitions. */
const RESERVE_MS = 25_000;

/** The custom resource of the webhook. Whatever happens is answered: CloudFormation waits an hour for silence. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const request = parseRequest(event);
  const answer = await Promise.race([answerTo(request), outOfTime(context)]);
  await respond(request, answer);
}

async function answerTo(request: ResourceRequest): Promise<ResourceAnswer> {
  try {
    const { deps } = registrationFunction(process.env);
    if (request.RequestType === 'Delete') {
      await unregister(deps, String(request.ResourceProperties['WebhookUrl']));
      return { status: 'SUCCESS' };
    }
    const { botUsername } = await register(
      deps,
      desiredOf(request),
      request.RequestType === 'Create' ? 'create' : 'update',
    );
    return { status: 'SUCCESS', data: { BotUsername: botUsername } };
  } catch (error) {
    return { status: 'FAILED', reason: error instanceof Error ? error.message : String(error) };
  }
}

function outOfTime(context: Context): Promise<ResourceAnswer> {
  return new Promise((resolve) => {
    const reason = 'Telegram or the table answered too slowly. Deploy again; what ran before runs on.';
    const timer = setTimeout(
      () => resolve({ status: 'FAILED', reason }),
      context.getRemainingTimeInMillis() - RESERVE_MS,
    );
    timer.unref();
  });
}
