import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpReply, HttpRequest } from './http.ts';

/** Payload format 2.0 lower-cases header names; an invocation by hand may not. */
export function requestOf(event: APIGatewayProxyEventV2): HttpRequest {
  const headers = Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const encoding = event.isBase64Encoded ? 'base64' : 'utf8';
  return {
    headers: Object.fromEntries(headers) as HttpRequest['headers'],
    body: Buffer.from(event.body ?? '', encoding),
  };
}

export function resultOf(reply: HttpReply): APIGatewayProxyStructuredResultV2 {
  return { statusCode: reply.status, headers: reply.headers, body: reply.body };
}
