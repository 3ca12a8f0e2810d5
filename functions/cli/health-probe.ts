import type { HealthReport } from '../status/report.ts';

/** For one question to an endpoint; a function that starts for it answers within. */
export const PROBE_TIMEOUT_MS = 5_000;

export type HealthAnswer =
  | { answered: true; report: HealthReport }
  /** Nobody is there, or somebody else is. */
  | { answered: false; reason: string };

/** Asks `GET /health`; whatever is not this bot's answer is none. */
export async function askHealth(url: string): Promise<HealthAnswer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS), redirect: 'error' });
    const text = await response.text();
    const report = parse(text);
    if (report !== undefined) return { answered: true, report };
    const { status } = response;
    return {
      answered: false,
      reason: status >= 500 ? `HTTP ${status}` : `another program answers there (HTTP ${status})`,
    };
  } catch (error) {
    return { answered: false, reason: whyNoAnswer(error) };
  }
}

/** The reason why `fetch` gave up a request. */
export function whyNoAnswer(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${PROBE_TIMEOUT_MS / 1000} s`;
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
  // A redirect, for instance, has no code.
  return code === 'ECONNREFUSED' ? 'nothing listens there' : code || message || name;
}

function parse(text: string): HealthReport | undefined {
  try {
    const value = JSON.parse(text) as Partial<HealthReport> | null;
    const isReport =
      typeof value?.version === 'string' && Array.isArray(value.lease) && Array.isArray(value.reasons);
    return isReport ? (value as HealthReport) : undefined;
  } catch {
    return undefined;
  }
}
