import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import {
  isProbe,
  SYNTHETIC_HEADER,
  syntheticUpdateIn,
  type ProbeEvent,
  type ProbeResult,
} from '../deployment/probe.ts';
import { BEYOND_DEADLINE_MS } from '../wiring/announcing.ts';
import { webhookFunction } from '../wiring/webhook.ts';
import { requestOf, resultOf } from '../http/api-gateway.ts';
import { jsonReply } from '../http/http.ts';
import { SECRET_HEADER } from '../http/receive.ts';

const { settings, telemetry, receive, probe, prepare } = webhookFunction(process.env);

await prepare();

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
    const request = requestOf(event);
    if (request.headers[SYNTHETIC_HEADER] === undefined) return resultOf(await receive(request, deadlineMs));
    const result = await probe(
      {
        probe: {
          secretToken: request.headers[SECRET_HEADER] ?? '',
          update: syntheticUpdateIn(Buffer.from(request.body).toString('utf8')),
        },
      },
      deadlineMs,
    );
    return resultOf(
      jsonReply(result.status, result.status === 200 ? result : (JSON.parse(result.body) as object)),
    );
  } finally {
    telemetry.flush();
  }
}
