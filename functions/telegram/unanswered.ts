import type { HttpError } from 'grammy/web';

/**
 * Why the Bot API did not answer, e.g. `connect ETIMEDOUT 149.154.167.220:443` or `getaddrinfo ENOTFOUND
 * api.telegram.org`. It names hosts and never a path, which holds the token.
 */
export function whyUnanswered(error: HttpError): string {
  const causes = innermost(error.error);
  const told = [...new Set(causes.map(textOf))].join(', ');
  return told === '' ? 'no answer came in time' : told;
}

/** A name with several addresses fails once for each. */
function innermost(error: unknown): unknown[] {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(innermost);
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : [error];
}

/** An error of the system is quoted in its own words; another library's may hold the address that was asked. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return error.message;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer came in time';
  return typeof code === 'string' ? code : error.name;
}
