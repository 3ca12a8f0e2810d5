import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { DesiredRegistration } from './register.ts';

/** The two resources of a registration: what may be refused comes before the traffic moves, the rest after it. */
export type Step = 'before-traffic' | 'after-traffic';

/** Never another one: a new id would be a replacement, whose clean-up deletes what was just set. */
const PHYSICAL_IDS: Record<Step, string> = {
  'before-traffic': 'telegram-preparation',
  'after-traffic': 'telegram-webhook',
};

const RESPONSE_TIMEOUT_MS = 5_000;
const RESPONSE_TRIES = 4;
/** CloudFormation cuts what is longer off, together with the rest of the answer. */
const MAX_REASON_CHARACTERS = 1_000;

const properties = v.object({
  WebhookUrl: v.pipe(v.string(), v.url()),
  Partitions: v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number)),
  Version: v.string(),
  DesiredStateHash: v.string(),
  TakeOverWebhook: v.pipe(
    v.picklist(['true', 'false']),
    v.transform((value) => value === 'true'),
  ),
});

const identity = {
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  ResponseURL: v.pipe(v.string(), v.url()),
};

const request = v.object({
  ...identity,
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  ResourceProperties: v.looseObject({}),
});

/** The event of a custom resource: every value of a property is text. */
export type ResourceRequest = v.InferOutput<typeof request>;

export function parseRequest(event: unknown): ResourceRequest {
  return v.parse(request, event);
}

/** @throws ValiError for properties of another shape than infra/constructs/registration.ts gives them */
export function desiredOf({ ResourceProperties, RequestId }: ResourceRequest): DesiredRegistration {
  const given = v.parse(properties, ResourceProperties);
  return {
    webhookUrl: given.WebhookUrl,
    partitions: given.Partitions,
    version: given.Version,
    // The stack's own hash knows neither the address nor whether it is to be taken over.
    hash: createHash('sha256').update(JSON.stringify(given)).digest('hex'),
    takeOverWebhook: given.TakeOverWebhook,
    requestId: RequestId,
  };
}

/** A stack of before there were two has one without it, to which a rollback may lead. */
export function stepOf({ ResourceProperties: { Step: step } }: ResourceRequest): Step {
  return step === 'before-traffic' ? step : 'after-traffic';
}

export interface ResourceAnswer {
  status: 'SUCCESS' | 'FAILED';
  /** Shown in the stack's events. */
  reason?: string;
  data?: Record<string, string>;
}

/**
 * Answers CloudFormation, which otherwise waits until the resource's own time is over (infra/constructs/registration.ts).
 * @throws Error when the answer could not be delivered
 */
export async function respond(to: ResourceRequest, answer: ResourceAnswer): Promise<void> {
  const body = JSON.stringify({
    Status: answer.status,
    Reason: (answer.reason ?? 'done').slice(0, MAX_REASON_CHARACTERS),
    PhysicalResourceId: PHYSICAL_IDS[stepOf(to)],
    StackId: to.StackId,
    RequestId: to.RequestId,
    LogicalResourceId: to.LogicalResourceId,
    Data: answer.data ?? {},
  });
  for (let tries = 1; ; tries += 1) {
    try {
      // The URL is signed without a content type: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
      const response = await fetch(to.ResponseURL, {
        method: 'PUT',
        body,
        headers: { 'content-type': '' },
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      if (response.ok) return;
      throw new Error(`CloudFormation answered ${response.status}`);
    } catch (error) {
      if (tries === RESPONSE_TRIES) throw error;
    }
  }
}
