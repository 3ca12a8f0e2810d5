import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { createDocumentClient } from '../dynamodb/client.ts';
import { readSettings } from '../settings/settings.ts';
import { VERSION } from '../settings/version.ts';
import { resultOf } from '../http/api-gateway.ts';
import { jsonReply } from '../http/http.ts';
import { healthCheckOf } from '../wiring/health.ts';

const settings = readSettings(process.env, ['TABLE_NAME']);
const check = healthCheckOf({
  client: createDocumentClient({ budget: CALL_BUDGETS.health }),
  settings,
  version: VERSION,
});

/**
 * `GET /health`: needs neither the bot token nor a right to write. Anybody may ask, so of a holder it tells the kind alone
 * (`lambda`, `local`): log stream, host and process are for who may read the table (`bot partitions show`).
 */
export async function handler(_event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const report = await check();
  const lease = report.lease.map((each) => ({ ...each, holder: each.holder?.split(':', 1)[0] ?? null }));
  return resultOf(jsonReply(report.status === 'running' ? 200 : 503, { ...report, lease }));
}
