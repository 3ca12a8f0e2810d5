import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The secret of a bot that was given none of its own: one secret to create, none to forget. */
export function deriveWebhookSecret(token: string): string {
  return createHmac('sha256', token).update('telegram-webhook-secret').digest('hex');
}

/**
 * Whether a request carries one of the accepted secrets, in a time that tells nothing of them: digests of equal
 * length are compared, and all of them.
 */
export function isAccepted(given: string | undefined, accepted: readonly (string | undefined)[]): boolean {
  const givenDigest = digest(given ?? '');
  let found = false;
  for (const secret of accepted) {
    if (secret === undefined || secret === '') continue;
    if (timingSafeEqual(givenDigest, digest(secret))) found = true;
  }
  return found && given !== undefined && given !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
