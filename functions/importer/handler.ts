import type { Context } from 'aws-lambda';
import { importerFunction } from '../wiring/importer.ts';
import { importOnce } from '../uploads/import-once.ts';
import { toReply, type CheckReply, type ImporterRequest } from '../uploads/messages.ts';

/** Left to answer with what was met, rather than to be killed. */
const RESERVE_MS = 2_000;

const open = importerFunction(process.env);

/** Invoked by the webhook function alone: it waits for a check, and only begins an import or a reindex. */
export async function handler(request: ImporterRequest, context: Context): Promise<CheckReply | null> {
  const { uploads, runs, admins, logger } = await open();
  if (request.kind !== 'check') {
    const requestId = context.awsRequestId;
    const isOurs = await importOnce({ uploads, runs, admins, nowMs: Date.now, requestId }, request);
    logger.info(isOurs ? 'import-ended' : 'import-under-way', { kind: request.kind });
    return null;
  }
  try {
    const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - RESERVE_MS);
    return { kind: 'checked', check: await uploads.check(request.upload, signal) };
  } catch (error) {
    return toReply(error);
  }
}
