import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { isProbe, type ProbeEvent, type ProbeResult } from '../deployment/probe.ts';
import { BEYOND_DEADLINE_MS } from '../wiring/announcing.ts';
import { webhookFunction } from '../wiring/webhook.ts';
import { requestOf, resultOf } from '../http/api-gateway.ts';

const { settings, telemetry, receive, probe } = webhookFunction(process.env);

/** `POST /telegram/webhook`, and the probe of a version that serves nobody yet. */
export async function handler(
  event: APIGatewayProxyEventV2 | ProbeEvent,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2 | ProbeResult> {
  telemetry.metrics.captureColdStartMetric();
  try {
    const deadlineMs = Math.min(
      settings.handlerDeadlineMs,
      context.getRemainingTimeInMillis() - BEYOND_DEADLINE_MS,
    );
    if (isProbe(event)) return await probe(event, deadlineMs);
    return resultOf(await receive(requestOf(event), deadlineMs));
  } finally {
    telemetry.flush();
  }
}
