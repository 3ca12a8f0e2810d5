/** They speak of the token (401, 404) and of another instance (409). */
const OF_THE_TOKEN = new Set([401, 404, 409]);

/** True if any call would get this error now: Telegram or the token is at fault, not the call. */
export function isServiceFault(code: number): boolean {
  return code === 429 || code >= 500 || OF_THE_TOKEN.has(code);
}
