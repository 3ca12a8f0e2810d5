/** They speak of the token (401, 404) and of another instance (409). */
const OF_THE_TOKEN = new Set([401, 404, 409]);

/**
 * Whether an error code says how Telegram or the token is doing, and any call would get it now; of the others the call
 * itself is the cause.
 */
export function blamesNoCall(code: number): boolean {
  return code === 429 || code >= 500 || OF_THE_TOKEN.has(code);
}
