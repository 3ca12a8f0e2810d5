import { GrammyError, HttpError } from 'grammy/web';
import { UploadRefusedError, type Asker, type Upload, type UploadCheck } from '../bot/uploads.ts';
import { StoreUnavailableError } from '../lease/store-unavailable.ts';

/** A request of the webhook function to the importer function. */
export type ImporterRequest =
  { kind: 'check'; upload: Upload } | { kind: 'import'; upload: Upload } | { kind: 'reindex'; asker: Asker };

/** The importer's answer to a check; errors keep their kind, for the caller's judge decides by it. */
export type CheckReply =
  | { kind: 'checked'; check: UploadCheck }
  | { kind: 'refused' | 'store-unavailable' | 'telegram-silent'; message: string }
  | { kind: 'telegram-error'; method: string; code: number; description: string; retryAfter?: number };

/** @throws the error itself where it is none of those that a caller can tell apart */
export function toReply(error: unknown): CheckReply {
  if (error instanceof UploadRefusedError) return { kind: 'refused', message: error.message };
  if (error instanceof StoreUnavailableError) return { kind: 'store-unavailable', message: error.message };
  if (error instanceof HttpError) return { kind: 'telegram-silent', message: error.message };
  if (error instanceof GrammyError) {
    const { method, error_code: code, description, parameters } = error;
    return { kind: 'telegram-error', method, code, description, retryAfter: parameters.retry_after };
  }
  throw error;
}

/** @throws the error that the importer met */
export function fromReply(reply: CheckReply): UploadCheck {
  switch (reply.kind) {
    case 'checked':
      return reply.check;
    case 'refused':
      throw new UploadRefusedError(reply.message);
    case 'store-unavailable':
      throw new StoreUnavailableError(reply.message);
    case 'telegram-silent':
      throw new HttpError(reply.message, undefined);
    case 'telegram-error': {
      const { method, code, description, retryAfter } = reply;
      const parameters = retryAfter === undefined ? {} : { retry_after: retryAfter };
      const answer = { ok: false as const, error_code: code, description, parameters };
      throw new GrammyError(`Call to '${method}' failed!`, answer, method, {});
    }
  }
}
