export interface Verdict {
  check: string;
  verdict: 'ok' | 'warning' | 'failed';
  found: string;
  /** The next step for the operator. */
  advice?: string;
}

export const ok = (check: string, found: string): Verdict => ({ check, verdict: 'ok', found });
export const warning = (check: string, found: string, advice: string): Verdict => ({
  check,
  verdict: 'warning',
  found,
  advice,
});
export const failed = (check: string, found: string, advice: string): Verdict => ({
  check,
  verdict: 'failed',
  found,
  advice,
});
