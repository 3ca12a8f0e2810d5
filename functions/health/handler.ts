import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createDocumentClient } from '../dynamodb/client.ts';
import { readSettings } from '../settings/settings.ts';
import { VERSION } from '../settings/version.ts';
import { resultOf } from '../http/api-gateway.ts';
import { jsonReply } from '../http/http.ts';
import { healthCheckOf } from '../wiring/health.ts';

const settings = readSettings(process.env, ['TABLE_NAME']);
const check = healthCheckOf({ client: createDocumentClient(), settings, version: VERSION });

/** `GET /health`: needs neither the bot token nor a right to write. */
export async function handler(_event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const report = await check();
  return resultOf(jsonReply(report.status === 'running' ? 200 : 503, report));
}
