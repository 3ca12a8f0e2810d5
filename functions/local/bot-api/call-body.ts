import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ApiError, badRequest } from './api-error.ts';
import { Arguments, type UploadedFile } from './arguments.ts';

/** The largest upload Telegram takes, with room for the other fields. */
const MAX_BODY_BYTES = 51 * 1024 * 1024;

/**
 * Reads the arguments of a call from its query string and its body: JSON, a form, or multipart/form-data.
 * @throws ApiError 400 for a body that is not what it says, 413 for one that is too large
 */
export async function callArguments(request: IncomingMessage, query: URLSearchParams): Promise<Arguments> {
  const body = unpacked(await readBody(request, MAX_BODY_BYTES), request.headers['content-encoding']);
  const values = new Map(query);
  const given = request.headers['content-type'] ?? '';
  const type = given.toLowerCase();
  if (body.length === 0) return new Arguments(values);
  if (type.startsWith('multipart/form-data')) {
    const files = new Map<string, UploadedFile>();
    await readMultipart(body, given, values, files);
    return new Arguments(values, files);
  }
  const text = utf8(body);
  if (type.startsWith('application/json')) {
    const json = Arguments.fromObject(jsonObject(text));
    return json.withDefaults(values);
  }
  for (const [name, value] of new URLSearchParams(text)) values.set(name, value);
  return new Arguments(values);
}

/** @throws ApiError 413 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  if (size > maxBytes) throw new ApiError(413, 'Request Entity Too Large');
  return Buffer.concat(chunks);
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badRequest('strings must be encoded in UTF-8');
  }
}

/** Telegram notes in its log that a body is no JSON object, and goes on without it. */
function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function unpacked(body: Buffer, encoding = 'identity'): Buffer {
  if (encoding.toLowerCase() !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch {
    throw badRequest("can't decode the body, which is said to be gzip");
  }
}

function readMultipart(
  body: Buffer,
  contentType: string,
  values: Map<string, string>,
  files: Map<string, UploadedFile>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(badRequest("can't parse multipart/form-data"));
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({
        headers: { 'content-type': contentType },
        limits: { fieldSize: MAX_BODY_BYTES, fileSize: MAX_BODY_BYTES, parts: 1_000 },
        isPartAFile: (_name, _type, filename) => filename !== undefined,
      });
    } catch {
      return fail();
    }
    parser.on('field', (name: string, value: string) => void values.set(name, value));
    parser.on('file', (name: string, stream: BusboyFileStream, filename: string) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => files.set(name, { filename, bytes: Buffer.concat(chunks) }));
      stream.on('error', fail);
    });
    parser.on('error', fail);
    parser.on('finish', () => resolve());
    parser.end(body);
  });
}
