import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { webhookFunction } from '../wiring/webhook.ts';
import { requestOf, resultOf } from './api-gateway.ts';

/** Left of the function's own time for what follows the handling: settling, and the answer. */
const RESERVE_MS = 500;

const { settings, telemetry, receive } = webhookFunction(process.env);

/** `POST /telegram/webhook` */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  telemetry.metrics.captureColdStartMetric();
  try {
    const deadlineMs = Math.min(settings.handlerDeadlineMs, context.getRemainingTimeInMillis() - RESERVE_MS);
    return resultOf(await receive(requestOf(event), deadlineMs));
  } finally {
    telemetry.flush();
  }
}
