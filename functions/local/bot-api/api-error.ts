/** The Bot API's answer instead of a result: `{ok: false, error_code, description, parameters?}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>> | undefined;

  constructor(code: number, description: string, parameters?: Readonly<Record<string, unknown>>) {
    super(description);
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

/** 400. Telegram puts its prefix before the reason and lowers the first letter, but not that of an ERROR_NAME. */
export function badRequest(reason: string): ApiError {
  const isName = /^.[_A-Z]/.test(reason);
  return new ApiError(
    400,
    `Bad Request: ${isName ? reason : reason.charAt(0).toLowerCase() + reason.slice(1)}`,
  );
}

/** 403. */
export const forbidden = (reason: string): ApiError => new ApiError(403, `Forbidden: ${reason}`);

/** 409, between two ways of getting updates. */
export const conflict = (reason: string): ApiError => new ApiError(409, `Conflict: ${reason}`);

/** 429 with the wait in seconds. */
export const tooManyRequests = (retryAfter: number): ApiError =>
  new ApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });
