import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { registrationFunction } from '../wiring/registration.ts';
import {
  desiredOf,
  parseRequest,
  respond,
  stepOf,
  type ResourceAnswer,
  type ResourceRequest,
} from '../deployment/cloudformation.ts';
import { prepare, register, unregister } from '../deployment/register.ts';
import { TOO_SLOW } from '../deployment/registration-error.ts';

/** Left for the answer itself, with its repetitions. */
const RESERVE_MS = 25_000;
/** Before that, left for the step under way when the time is up: a write with its repetitions takes this long. */
export const LAST_STEP_MS = 12_000;

/** The custom resource of the webhook. Whatever happens is answered, in words: CloudFormation has none for silence. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const request = parseRequest(event);
  const late = new AbortController();
  const answered = new AbortController();
  const outOfTime = async (): Promise<ResourceAnswer> => {
    const { signal } = answered;
    await sleep(context.getRemainingTimeInMillis() - RESERVE_MS - LAST_STEP_MS, undefined, { signal });
    late.abort();
    await sleep(LAST_STEP_MS, undefined, { signal });
    return { status: 'FAILED', reason: TOO_SLOW };
  };
  const answer = await Promise.race([answerTo(request, late.signal), outOfTime()]);
  answered.abort();
  await respond(request, answer);
}

/** Ends soon after the signal, so that nothing of it goes on in a later request to the same environment. */
async function answerTo(request: ResourceRequest, signal: AbortSignal): Promise<ResourceAnswer> {
  const isFirst = stepOf(request) === 'before-traffic';
  try {
    const { deps, vouch } = registrationFunction(process.env, signal);
    if (request.RequestType === 'Delete') {
      // The deletion of the webhook undoes the preparation too.
      if (isFirst) return { status: 'SUCCESS' };
      await unregister(deps, String(request.ResourceProperties['WebhookUrl']));
      return { status: 'SUCCESS' };
    }
    const desired = desiredOf(request);
    const kind = request.RequestType === 'Create' ? 'create' : 'update';
    const registering = isFirst ? prepare(deps, desired) : register(deps, desired, kind);
    const { botUsername, profile } = await registering;
    if (kind === 'create') vouch();
    return { status: 'SUCCESS', data: { BotUsername: botUsername, Profile: profile } };
  } catch (error) {
    return { status: 'FAILED', reason: error instanceof Error ? error.message : String(error) };
  }
}
