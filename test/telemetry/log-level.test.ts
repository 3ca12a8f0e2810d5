import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../../functions/settings/settings.ts';
import { METRICS } from '../../functions/telemetry/metric-names.ts';
import { Telemetry } from '../../functions/telemetry/telemetry.ts';

/** The lines of one process that logs once at each level and counts one update. */
function linesOf(logLevel: Settings['logLevel']): string[] {
  let written = '';
  const take = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  const telemetry = new Telemetry({ logLevel, serviceName: 'test' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) telemetry.logger[level](level);
  telemetry.count(METRICS.updatesDone);
  telemetry.flush();
  vi.restoreAllMocks();
  return written.split('\n').filter((line) => line !== '');
}

const messagesOf = (lines: string[]): string[] =>
  lines.flatMap((line) => (JSON.parse(line) as { message?: string }).message ?? []);

/** Lambda's level as the stack sets it for each of ours, and nowhere set. */
const CASES = [
  ['DEBUG', 'DEBUG', ['debug', 'info', 'warn', 'error']],
  ['INFO', 'INFO', ['info', 'warn', 'error']],
  ['WARN', 'INFO', ['warn', 'error']],
  ['ERROR', 'INFO', ['error']],
  ['SILENT', 'INFO', []],
  ['WARN', '', ['warn', 'error']],
] as const;

describe('the functions’ own log level', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each(CASES)('%s is kept to although Lambda’s is "%s", and metrics are written', (own, lambda, told) => {
    vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', lambda);
    const lines = linesOf(own);
    expect(messagesOf(lines)).toEqual(told);
    expect(lines.filter((line) => line.includes(METRICS.updatesDone))).toHaveLength(1);
  });
});
